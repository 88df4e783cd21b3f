using Clip.Models;
using Clip.Runtime;
using Clip.Training.Optimization;
using Clip.Training.WeightAveraging;
using Parameter = TorchSharp.Modules.Parameter;

namespace Emoji.Training.Images;

/// <summary>The first part of the training: the image tower learns which of all emoji an image is, and a unit vector for each emoji is learned with it.</summary>
/// <remarks>Where a batch of pairs says what an image is not a hundred times, this says it of all 1,637 emoji, and no text tower has to be computed.</remarks>
internal sealed class ImageTraining : IDisposable
{
    private readonly DualEncoder _network;
    private readonly PartOfRecipe _part;
    private readonly Parameter _table;
    private readonly List<ImageWorker> _workers = [];
    private readonly List<Tensor> _statistics;
    private readonly AdamWOptimizer _optimizer;
    private readonly WeightAverage _average;
    private readonly RunState _state;

    /// <summary>Prepares it.</summary>
    /// <param name="network">The model.</param>
    /// <param name="emojiCount">How many emoji there are.</param>
    /// <param name="part">How to train.</param>
    /// <param name="workers">Threads that share a batch.</param>
    /// <param name="path">The file of the state.</param>
    public ImageTraining(DualEncoder network, int emojiCount, PartOfRecipe part, int workers, string path)
    {
        (_network, _part) = (network, part);
        _table = new Parameter(nn.functional.normalize(randn(emojiCount, Recipe.EmbeddingSize), dim: 1));
        var dtype = CpuOperators.HasFastBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        for (var i = 0; i < workers; i++)
            _workers.Add(new ImageWorker(network, dtype));
        _statistics = [.. network.Image.buffers().Where(buffer => buffer.is_floating_point())];
        var parameters = network.Image.named_parameters().Select(entry => new NamedParameter(entry.name, entry.parameter)).Append(new NamedParameter("table", _table));
        _optimizer = new AdamWOptimizer(ParameterGroups.Of(parameters, part.WeightDecay, WeightDecayRule.ExceptGainsAndBiases));
        _average = new WeightAverage(network, part.AverageDecay);
        _state = new RunState(path) { Network = network, Table = _table, Optimizer = _optimizer, Average = _average };
        CompletedSteps = _state.TryResume();
        foreach (var worker in _workers)
            CopyStatistics(worker);
    }

    /// <summary>Steps that are done.</summary>
    public int CompletedSteps { get; private set; }

    /// <summary>Does what is left.</summary>
    /// <param name="drawn">The drawn images of each emoji.</param>
    /// <param name="report">Told of each step's number, loss and norm of the gradient.</param>
    /// <param name="evaluate">Given the table from time to time, while the model has the averaged weights.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public void Run(IReadOnlyList<IReadOnlyList<byte[]>> drawn, Action<int, double, double> report, Action<int, Tensor> evaluate, CancellationToken cancellationToken)
    {
        using var batches = new ImageBatches(drawn, _part.BatchSize, _part.Seed, CompletedSteps, _part.Steps);
        while (CompletedSteps < _part.Steps)
        {
            var gradientNorm = Step(batches.Take(cancellationToken), _part.Schedule.GetRate(CompletedSteps));
            report(++CompletedSteps, _workers.Average(worker => worker.Loss), gradientNorm);
            if (CompletedSteps % _part.SaveEverySteps != 0 && CompletedSteps != _part.Steps)
                continue;
            _state.Save(CompletedSteps);
            _average.Swap();
            _network.eval();
            using (var table = GetTable())
                evaluate(CompletedSteps, table);
            _average.Swap();
        }
    }

    /// <summary>Gives the model the averaged weights.</summary>
    /// <returns>A unit vector for each emoji [M, E].</returns>
    public Tensor Finish()
    {
        _average.Swap();
        return GetTable();
    }

    public void Dispose()
    {
        _workers.ForEach(worker => worker.Dispose());
        _optimizer.Dispose();
        _average.Dispose();
        _table.Dispose();
    }

    private Tensor GetTable()
    {
        using var noGradients = no_grad();
        return nn.functional.normalize(_table, dim: 1);
    }

    private double Step(ImageBatch batch, double rate)
    {
        using var scope = NewDisposeScope();
        _optimizer.ZeroGradients();
        var table = nn.functional.normalize(_table, dim: 1);
        var gradients = new Tensor[_workers.Count];
        Parallel.For(0, _workers.Count, worker => gradients[worker] = _workers[worker].ComputeGradient(batch, worker, _workers.Count, table));
        table.backward([stack(gradients).mean([0])]);
        foreach (var gradient in gradients)
            gradient.Dispose();
        _workers.ForEach(worker => worker.MoveGradient(1.0 / _workers.Count));
        var norm = GradientNorm.Measure(_optimizer.Parameters);
        _optimizer.Step(rate);
        ShareStatistics();
        _average.Update();
        return norm;
    }

    private void ShareStatistics()
    {
        using var noGradients = no_grad();
        for (var i = 0; i < _statistics.Count; i++)
        {
            using var scope = NewDisposeScope();
            _statistics[i].copy_(stack(_workers.Select(worker => worker.Statistics[i])).mean([0]));
        }
        _workers.ForEach(CopyStatistics);
    }

    private void CopyStatistics(ImageWorker worker)
    {
        using var noGradients = no_grad();
        foreach (var (model, own) in _statistics.Zip(worker.Statistics))
            own.copy_(model);
    }
}
