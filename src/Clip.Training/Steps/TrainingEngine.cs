using Clip.Losses;
using Clip.Losses.Distributed;
using Clip.Models;
using Clip.Runtime;
using Clip.Shared;
using Clip.Training.Data;
using Clip.Training.Distributed;
using Clip.Training.Divergence;
using Clip.Training.FineTuning;
using Clip.Training.FusedLoss;
using Clip.Training.MixedPrecision;
using Clip.Training.Optimization;
using Clip.Training.WeightAveraging;

namespace Clip.Training.Steps;

/// <summary>Everything that a step reads and changes, and the step itself.</summary>
internal sealed class TrainingEngine : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly ContrastiveLoss _loss;
    private readonly bool _ownsLoss;
    private readonly CaptionGradientCache? _captions;
    private readonly WorkingCopy? _workingCopy;
    private readonly DualEncoder _computing;
    private readonly List<nn.Module> _frozenNorms;
    private readonly List<(Parameter Parameter, bool WantedGradients)> _before;
    private readonly bool _recomputedBefore;
    private readonly bool _usedKernelsBefore;
    private readonly IProcessGroup? _group;
    private readonly GradientReducer? _reducer;
    private readonly SynchronizedNorms? _norms;

    /// <summary>Prepares a model for training.</summary>
    /// <param name="network">The model.</param>
    /// <param name="options">How to train, validated.</param>
    /// <param name="loss">The loss; null for the model's own.</param>
    /// <param name="scaler">Scales the loss; null for the precision's own choice.</param>
    /// <param name="group">The ranks that train together; null for one.</param>
    /// <remarks>Where it fails, the model is as it was.</remarks>
    public TrainingEngine(DualEncoder network, TrainerOptions options, ContrastiveLoss? loss = null, LossScaler? scaler = null, IProcessGroup? group = null)
    {
        (Network, _options, _group) = (network, options, group);
        _reducer = group is null ? null : new GradientReducer(group);
        if (network.named_parameters().FirstOrDefault(entry => entry.parameter.element_size() < sizeof(float)) is { parameter: { } half } entry)
        {
            throw new ArgumentException(
                $"A model that is trained has its weights in float32, but {entry.name} is {half.dtype}; choose half precision in the options.", nameof(network));
        }
        var halfPrecision = HalfPrecision(network, options.Precision);
        _ownsLoss = loss is null;
        _loss = loss ?? CreateLoss(network, options, group);

        _before = [.. network.named_parameters().Select(entry => (entry.parameter, entry.parameter.requires_grad))];
        _recomputedBefore = network.RecomputeActivations;
        _usedKernelsBefore = network.UseTrainingKernels;
        try
        {
            network.RecomputeActivations = options.RecomputeActivations;
            network.UseTrainingKernels = options.UseKernels;
            Lock(network);
            if (options.Lora is { } lora)
                Adapters = StepSeed.Draw(StepSeed.Of(options.Seed, -1), () => new LoraAdapters(network, lora));
            if (halfPrecision is { } dtype)
                _workingCopy = new WorkingCopy(network, dtype);
            Scaler = scaler ?? (halfPrecision == ScalarType.Float16 ? new LossScaler() : null);
            _computing = _workingCopy?.Network ?? network;
            _frozenNorms = Lock(_computing);
            if (group is not null && options.SynchronizeBatchNorms)
                _norms = new SynchronizedNorms(_computing, _frozenNorms, group);
            if (network.CanCaption && options.CaptionLossWeight > 0)
                _captions = new CaptionGradientCache(_computing, _loss, options.ContrastiveLossWeight, options.CaptionLossWeight, group);

            Optimizer = new AdamWOptimizer(
                Adapters is null
                    ? ParameterGroups.Of(network, options.WeightDecay, options.WeightDecayRule)
                    : ParameterGroups.Of(Adapters.Parameters, options.WeightDecay, options.WeightDecayRule),
                options.Optimizer);
            if (options.AverageDecay is { } decay)
                Average = new WeightAverage(network, decay);
        }
        catch
        {
            Release();
            throw;
        }
    }

    public DualEncoder Network { get; }

    public AdamWOptimizer Optimizer { get; }

    public LoraAdapters? Adapters { get; }

    public WeightAverage? Average { get; }

    public LossScaler? Scaler { get; }

    /// <summary>Steps in a row, up to the last one, that were left out because they were not finite.</summary>
    public int SkippedInARow { get; set; }

    /// <summary>Brings the weights nearer to a batch.</summary>
    /// <param name="batch">The batch, which is borrowed.</param>
    /// <param name="step">The step's number, from zero.</param>
    /// <exception cref="TrainingDivergedException">Too many steps in a row were not finite.</exception>
    public StepResult Step(PairBatch batch, long step)
    {
        using var scope = NewDisposeScope();
        var (images, tokens) = (BatchRows.ImagesOf(batch), BatchRows.Of(batch.Tokens));
        var learningRate = _options.Schedule.GetRate(step);
        var scale = Scaler?.Scale ?? 1;
        BeginStep();
        using var statistics = new NormStatistics(_computing);

        Tensor Compute() => Backward(images, tokens, MicroBatch(batch), StepSeed.Of(_options.Seed, step), scale);
        var loss = Mean(_norms is null ? Compute() : _norms.Use(Compute));
        if (scale != 1)
            GradientNorm.Scale(Network.named_parameters().Select(entry => new NamedParameter(entry.name, entry.parameter)), 1 / scale);
        Adapters?.TakeGradients();
        EndAverage();
        var norm = GradientNorm.Measure(Optimizer.Parameters);

        var skipReason = Judge(loss, norm, batch, step, statistics);
        if (skipReason is null)
            Move(norm, learningRate);
        ClearGradients();
        return new StepResult(loss, learningRate, norm, Network.GetLogitScale().to(ScalarType.Float64).item<double>(), skipReason);
    }

    /// <summary>Frees what belongs to the training, and restores which of the model's weights require gradients.</summary>
    public void Dispose()
    {
        ClearGradients();
        Release();
    }

    // Also of an object whose constructor has failed, which lacks what would have come later.
    private void Release()
    {
        foreach (var (parameter, wantedGradients) in _before)
            parameter.requires_grad = wantedGradients;
        Network.RecomputeActivations = _recomputedBefore;
        Network.UseTrainingKernels = _usedKernelsBefore;
        _norms?.Dispose();
        _captions?.Dispose();
        _workingCopy?.Dispose();
        Optimizer?.Dispose();
        Adapters?.Dispose();
        Average?.Dispose();
        if (_ownsLoss)
            _loss.Dispose();
    }

    private void BeginStep()
    {
        ClearGradients();
        _computing.train();
        _frozenNorms.ForEach(norm => norm.eval());
        _workingCopy?.Refresh();
    }

    private static ContrastiveLoss CreateLoss(DualEncoder network, TrainerOptions options, IProcessGroup? group)
    {
        var isFused = options.UseKernels && options.LossChunk is null && group is null;
        if (network.Config.InitialLogitBias is not null)
            return isFused ? FusedContrastiveLoss.OfSigLip() : new SigLipLoss(options.LossChunk, gatherer: group);
        return isFused
            ? FusedContrastiveLoss.OfClip()
            : new ClipLoss(options.LossChunk, gathering: group is null ? null : FeatureGathering.OfWholeBatch(group, options.LocalLoss));
    }

    private Tensor Backward(BatchRows images, BatchRows tokens, int microBatch, long seed, double scale)
    {
        var steps = new BackwardSteps
        {
            GradientScale = scale,
            FirstMicroBatch = (_group?.Rank ?? 0) * ((images.Count + microBatch - 1) / microBatch),
            AfterBackward = MoveGradients,
            AfterImageTower = BeginAverage,
        };
        if (_captions is not null)
            return _captions.Backward(images, tokens, microBatch, seed, steps);
        // A captioner whose captions do not count has the weight of the other loss all the same.
        var weight = Network.CanCaption ? _options.ContrastiveLossWeight : 1;
        return GradientCache.Backward(_computing, _loss, images, tokens, microBatch, seed, steps with { GradientScale = weight * scale }).Times(weight);
    }

    // The image tower's gradients travel while the text tower runs backward. Adapters take theirs from the weights' when all are there.
    private void BeginAverage()
    {
        if (Adapters is null)
            _reducer?.Begin(Network.Image.named_parameters().Select(entry => new NamedParameter(entry.name, entry.parameter)));
    }

    private void EndAverage()
    {
        _reducer?.Begin(Optimizer.Parameters);
        _reducer?.End();
    }

    // The mean over ranks is the loss of the whole batch, for local and global losses alike; what is not finite on one rank is on all.
    private double Mean(Tensor loss)
    {
        var value = loss.to(ScalarType.Float64);
        if (_group is not null)
        {
            _group.AllReduceAsync(value).GetAwaiter().GetResult();
            value = value.DividedBy(_group.WorldSize);
        }
        return value.item<double>();
    }

    private void MoveGradients() => _workingCopy?.MoveGradients();

    private void Move(double norm, double learningRate)
    {
        _workingCopy?.MoveStatistics();
        Optimizer.Step(learningRate, _options.MaxGradientNorm is { } limit ? GradientNorm.ClipFactor(norm, limit) : 1);
        Adapters?.Apply();
        Network.ClampLogitScale();
        Average?.Update();
    }

    // Null when the step may move the weights.
    private string? Judge(double loss, double norm, PairBatch batch, long step, NormStatistics statistics)
    {
        var finite = double.IsFinite(loss) && double.IsFinite(norm);
        var scalerWasExhausted = Scaler?.IsExhausted ?? true;
        Scaler?.Update(finite);
        if (finite)
        {
            SkippedInARow = 0;
            return null;
        }
        if (!scalerWasExhausted && double.IsFinite(loss))
        {
            statistics.Restore();
            return $"gradients overflowed; the loss is scaled by {Scaler!.Scale} from now on";
        }

        // Batch norm's running statistics would keep what is not finite for ever.
        var where = NonFiniteSearch.Find(
            _computing, Optimizer.Parameters, BatchRows.ImagesOf(batch), BatchRows.Of(batch.Tokens), MicroBatch(batch));
        statistics.Restore();
        if (++SkippedInARow >= _options.MaxSkippedInARow)
            throw new TrainingDivergedException(step + 1, SkippedInARow, where);
        return $"not finite: {where}";
    }

    private int MicroBatch(PairBatch batch) => _options.MicroBatch ?? batch.Count;

    private void ClearGradients()
    {
        Network.ForgetGradients();
        Optimizer.ZeroGradients();
    }

    private List<nn.Module> Lock(DualEncoder network)
    {
        List<nn.Module> norms = [];
        if (_options.LockImage is { } image)
            norms.AddRange(TowerGroups.Lock(network.Image, image));
        if (_options.LockText is { } text)
            norms.AddRange(TowerGroups.Lock(network.Text, text));
        return norms;
    }

    private static ScalarType? HalfPrecision(DualEncoder network, Runtime.Precision precision)
    {
        var device = network.parameters().First().device;
        if (precision == Runtime.Precision.Float16 && device.type == DeviceType.CPU)
            throw new ArgumentException("Training in float16 needs a GPU; on a CPU choose bfloat16 or float32.", nameof(precision));
        return ComputeTarget.Resolve(device.ToString(), precision).Precision switch
        {
            Runtime.Precision.BFloat16 => ScalarType.BFloat16,
            Runtime.Precision.Float16 => ScalarType.Float16,
            Runtime.Precision.Float32 => null,
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
        };
    }
}
