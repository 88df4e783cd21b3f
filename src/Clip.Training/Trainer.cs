using System.Diagnostics;
using Clip.Checkpoints;
using Clip.Losses;
using Clip.Models;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Distributed;
using Clip.Training.Divergence;
using Clip.Training.Monitoring;
using Clip.Training.Steps;

namespace Clip.Training;

/// <summary>Trains a model on pairs of images and captions, in steps that can be stopped and resumed to the bit.</summary>
/// <remarks>
/// <para>
/// A step embeds a batch, computes the loss of all pairs against all, moves the weights with AdamW and clamps the logit scale
/// (Radford et al. 2021, section 2.5). Of a model that writes captions it is joined by the loss over captions (Yu et al. 2022, section 3.2).
/// It is computed where the model's weights are.
/// </para>
/// <para>
/// A run that is stopped after any checkpoint and resumed has the weights, to the bit, of a run that was never stopped, on the
/// same machine with the same number of threads.
/// </para>
/// <para>
/// Several ranks, given a process group, train as one: each reads its share of a batch, embeddings are gathered, gradients averaged. The weights are
/// those of one rank with the whole batch, up to the rounding of sums; with batch norms in training, whose statistics are each rank's own unless
/// <see cref="TrainerOptions.SynchronizeBatchNorms"/> is set, as far as those of a part of the batch are. The first rank writes checkpoints and logs; all stop at the same step.
/// </para>
/// </remarks>
public sealed class Trainer : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly TrainingEngine _engine;
    private readonly TensorBoardLog? _tensorBoard;
    private readonly TrainerRanks _ranks;

    private PairPosition _position = PairPosition.Start;
    private IReadOnlyList<PairPosition>? _resumedFrom;
    private string? _source;
    private IReadOnlyDictionary<string, double> _metrics = new Dictionary<string, double>();
    private long _pairsSeen;
    private long _skippedSamples;
    private long _skippedSteps;
    private long _savedStep = -1;

    /// <summary>Prepares a model for training: locks, adapters, optimizer.</summary>
    /// <param name="network">The model, in float32, on the device to train on. It is borrowed and changed.</param>
    /// <param name="options">How to train.</param>
    /// <param name="loss">
    /// The loss, which is borrowed; null for <see cref="ClipLoss"/>, or <see cref="SigLipLoss"/> when the model has a logit bias.
    /// </param>
    /// <param name="group">
    /// The ranks that train together, which are borrowed; null for one. All are given the first rank's weights. A loss that is given has to
    /// gather embeddings itself.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The options are out of range or contradict each other, the batch does not divide into the ranks, or checkpoints cannot hold the model.
    /// </exception>
    /// <exception cref="ProcessGroupException">The ranks have other models.</exception>
    public Trainer(DualEncoder network, TrainerOptions options, ContrastiveLoss? loss = null, IProcessGroup? group = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Checkpoints is not null)
            EngineState.RequireLayout(network);
        _options = options;
        _ranks = new TrainerRanks(group, options.BatchSize);
        _ranks.MakeEqual(network);
        _engine = new TrainingEngine(network, options, loss, group: group);
        try
        {
            _ranks.MakeEqual(_engine.Adapters);
            if (options.TensorBoardFolder is { } folder && _ranks.IsFirst)
                _tensorBoard = new TensorBoardLog(folder);
        }
        catch
        {
            _engine.Dispose();
            throw;
        }
    }

    /// <summary>The model.</summary>
    public DualEncoder Network => _engine.Network;

    /// <summary>Steps done, resumed ones included.</summary>
    public long CompletedSteps { get; private set; }

    /// <summary>
    /// Measures the model every <see cref="TrainerOptions.EvaluateEverySteps"/> steps and after the last one: metrics by name. The
    /// model is in evaluation mode, has averaged weights where there are some, and computes no gradients meanwhile. Every rank calls it; the first
    /// one's metrics count.
    /// </summary>
    public Func<DualEncoder, CancellationToken, IReadOnlyDictionary<string, double>>? Evaluate { get; init; }

    /// <summary>Continues from the newest checkpoint in the options' folder, where there is one.</summary>
    /// <param name="allowChanges">Whether settings may differ from those of the checkpoint.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="CheckpointException">
    /// The checkpoint is broken, and the message names the one before it; or it belongs to another model or other settings.
    /// </exception>
    /// <exception cref="InvalidOperationException">The options name no folder, or steps were already done.</exception>
    public bool TryResume(bool allowChanges = false)
    {
        if (_options.Checkpoints is not { } checkpoints)
            throw new InvalidOperationException($"There is nothing to resume from: the options have no {nameof(TrainerOptions.Checkpoints)}.");
        if (CheckpointFolders.Complete(checkpoints.Folder).LastOrDefault() is not { } latest)
            return false;
        Resume(latest, allowChanges);
        return true;
    }

    /// <summary>Continues from a checkpoint.</summary>
    /// <param name="folder">The checkpoint's own folder, <c>step-...</c>.</param>
    /// <param name="allowChanges">Whether settings may differ from those of the checkpoint.</param>
    /// <exception cref="CheckpointException">The checkpoint is broken, or belongs to another model or other settings.</exception>
    /// <exception cref="InvalidOperationException">Steps were already done.</exception>
    public void Resume(string folder, bool allowChanges = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (CompletedSteps > 0)
            throw new InvalidOperationException("Only a trainer that has done no step can resume.");

        var state = BrokenCheckpoint.Explain(folder, () => TrainerState.Read(folder));
        if (!allowChanges)
            RequireSameSettings(folder, state.Settings);
        EngineState.Read(_engine, folder);

        CompletedSteps = _savedStep = state.Step;
        _resumedFrom = state.Positions;
        _source = allowChanges ? null : state.Source;
        (_pairsSeen, _skippedSamples, _skippedSteps) = (state.PairsSeen, _ranks.IsFirst ? state.SkippedSamples : 0, state.SkippedSteps);
        _metrics = state.Metrics;
        _engine.SkippedInARow = state.SkippedInARow;
        if (state.LossScale is { } scale)
            _engine.Scaler?.Restore(scale, state.LossScaleSteps);
    }

    /// <summary>Trains until all steps are done.</summary>
    /// <param name="pairs">The pairs; resumed runs continue at the exact sample.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between steps; where checkpoints are written, one is written first.</param>
    /// <returns>What the last evaluation gave; empty without one.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="TrainingDivergedException">Too many steps in a row were not finite.</exception>
    /// <exception cref="InvalidOperationException">
    /// The source is not the one that the checkpoint was made with, or ended too early; or the folder for checkpoints holds later ones.
    /// </exception>
    public IReadOnlyDictionary<string, double> Run(
        IPairSource pairs, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        RequireSameSource(pairs);
        if (CompletedSteps >= _options.Steps)
            return _metrics;
        RequireNoLaterCheckpoints();
        if (_resumedFrom is not null)
            _position = _ranks.Continue(pairs, _resumedFrom);
        _resumedFrom = null;

        var wasTraining = Network.training;
        try
        {
            RunSteps(pairs, progress, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (_options.Checkpoints is not null && CompletedSteps > _savedStep && CompletedSteps > 0)
                Save();
            throw;
        }
        catch (Exception e) when (e is not (TrainingDivergedException or ProcessGroupException))
        {
            _ranks.Abort(e);
            throw;
        }
        finally
        {
            Network.train(wasTraining);
        }
        return _metrics;
    }

    /// <summary>Writes a checkpoint of the run as it is.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="InvalidOperationException">The options name no folder.</exception>
    public string Save()
    {
        if (_options.Checkpoints is not { } checkpoints)
            throw new InvalidOperationException($"There is nowhere to save: the options have no {nameof(TrainerOptions.Checkpoints)}.");
        _ranks.PrepareSaving(Network, CompletedSteps);
        var positions = _ranks.Positions(_position);
        var skipped = _ranks.Sum(_skippedSamples);
        var path = CheckpointFolders.PathOf(checkpoints.Folder, CompletedSteps);
        if (_ranks.IsFirst)
        {
            CheckpointFolders.Write(checkpoints, CompletedSteps, folder =>
            {
                EngineState.Write(_engine, folder);
                DescribeState(positions, skipped).Write(folder);
            });
        }
        _ranks.Wait();
        _savedStep = CompletedSteps;
        return path;
    }

    /// <summary>Frees optimizer, average and copies. The model stays, with the weights it has; locks are taken off.</summary>
    public void Dispose() => _engine.Dispose();

    private void RunSteps(IPairSource pairs, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        foreach (var batch in pairs.Batches(_ranks.BatchSize, _position, _ranks.OfReading(cancellationToken)))
        {
            using (batch)
            {
                _ranks.ThrowIfStopped(cancellationToken);
                var result = _engine.Step(batch, CompletedSteps);
                Advance(batch, result);
                var report = Report(result, _options.BatchSize / clock.Elapsed.TotalSeconds);
                clock.Restart();
                _tensorBoard?.Write(report);
                progress?.Report(report);
            }

            var isLast = CompletedSteps == _options.Steps;
            if (isLast || CompletedSteps % (_options.EvaluateEverySteps ?? long.MaxValue) == 0)
                MeasureModel(_ranks.OfReading(cancellationToken));
            if (_options.Checkpoints is { } checkpoints && (isLast || CompletedSteps % checkpoints.EverySteps == 0))
                Save();
            if (isLast)
                return;
        }
        throw new InvalidOperationException($"The source of pairs ended after {CompletedSteps} of {_options.Steps} steps.");
    }

    private void Advance(PairBatch batch, StepResult result)
    {
        CompletedSteps++;
        _position = batch.Next;
        _pairsSeen += _options.BatchSize;
        _skippedSamples += batch.Skipped;
        if (result.SkipReason is not null)
            _skippedSteps++;
    }

    private TrainingProgress Report(StepResult result, double pairsPerSecond) => new(
        CompletedSteps, _options.Steps, result.Loss, result.LearningRate, result.GradientNorm, result.LogitScale,
        pairsPerSecond, _pairsSeen, _skippedSamples, _skippedSteps, result.SkipReason);

    private void MeasureModel(CancellationToken cancellationToken)
    {
        if (Evaluate is null)
            return;
        _ranks.ShareStatistics(Network);
        _engine.Average?.Swap();
        Network.eval();
        try
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            _metrics = Evaluate(Network, cancellationToken);
        }
        finally
        {
            _engine.Average?.Swap();
        }
        _tensorBoard?.Write(_metrics, CompletedSteps);
    }

    private TrainerState DescribeState(IReadOnlyList<PairPosition> positions, long skippedSamples) => new()
    {
        Step = CompletedSteps,
        Positions = [.. positions],
        Source = _source,
        PairsSeen = _pairsSeen,
        SkippedSamples = skippedSamples,
        SkippedSteps = _skippedSteps,
        SkippedInARow = _engine.SkippedInARow,
        LossScale = _engine.Scaler?.Scale,
        LossScaleSteps = _engine.Scaler?.StepsSinceChange ?? 0,
        Metrics = new Dictionary<string, double>(_metrics),
        Settings = new Dictionary<string, string>(_options.Describe()),
    };

    private void RequireSameSettings(string folder, Dictionary<string, string> settings)
    {
        var differences = _options.Describe()
            .Where(entry => settings.GetValueOrDefault(entry.Key) != entry.Value)
            .Select(entry => $"{entry.Key} was {settings.GetValueOrDefault(entry.Key) ?? "absent"} and is {entry.Value}")
            .ToList();
        if (differences.Count > 0)
            throw new CheckpointException(folder, $"was made with other settings: {string.Join("; ", differences)}. Use the same, or allow changes.");
    }

    // Of two runs in one folder the longer would pass for the newer.
    private void RequireNoLaterCheckpoints()
    {
        if (_options.Checkpoints is { } checkpoints && CheckpointFolders.Readable(checkpoints.Folder).LastOrDefault() is { } latest && latest.Step > CompletedSteps)
        {
            throw new InvalidOperationException(
                $"'{checkpoints.Folder}' holds a checkpoint of step {latest.Step}, but this run is at step {CompletedSteps}. Resume it, or choose another folder.");
        }
    }

    private void RequireSameSource(IPairSource pairs)
    {
        if (_source is not null && _source != pairs.Identity)
        {
            throw new InvalidOperationException(
                $"The checkpoint was made with the pairs of '{_source}', not of '{pairs.Identity}'. Use the same, or allow changes when resuming.");
        }
        _source = pairs.Identity;
    }
}
