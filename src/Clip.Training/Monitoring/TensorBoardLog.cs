namespace Clip.Training.Monitoring;

/// <summary>Writes a run's curves as TensorBoard event files.</summary>
internal sealed class TensorBoardLog
{
    private readonly SummaryWriter _writer;

    public TensorBoardLog(string folder)
    {
        Directory.CreateDirectory(folder);
        _writer = utils.tensorboard.SummaryWriter(folder);
    }

    public void Write(TrainingProgress progress)
    {
        var step = checked((int)progress.Step);
        Write("train/loss", progress.Loss, step);
        Write("train/learning_rate", progress.LearningRate, step);
        Write("train/gradient_norm", progress.GradientNorm, step);
        Write("train/logit_scale", progress.LogitScale, step);
        Write("train/pairs_per_second", progress.PairsPerSecond, step);
        Write("train/skipped_steps", progress.SkippedSteps, step);
    }

    public void Write(IReadOnlyDictionary<string, double> metrics, long step)
    {
        foreach (var (name, value) in metrics)
            Write($"evaluation/{name}", value, checked((int)step));
    }

    private void Write(string name, double value, int step) => _writer.add_scalar(name, (float)value, step);
}
