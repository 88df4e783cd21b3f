using Clip.Models;
using Clip.Training.Optimization;

namespace Clip.Training.Tuning;

/// <summary>Low-rank adaptation: the model's matrices stay, and a change of low rank is trained for each.</summary>
/// <remarks>
/// <para>
/// The change is merged into the model's weights at all times: <c>W = base + alpha / rank · up · down</c>. The model computes,
/// is evaluated and is exported like any other, at no extra cost, and the factors' gradients follow from the matrices'. What
/// is saved against full training is the optimizer's memory and the size of the change, not the matrices' gradients.
/// </para>
/// <para>Queries, keys and values have a change each, though they share a matrix.</para>
/// <para>Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1.</para>
/// </remarks>
public sealed class LoraAdapters : IDisposable
{
    private readonly List<LoraAdapter> _adapters = [];
    private readonly List<NamedParameter> _others;

    /// <summary>Adds changes, all zero, to a model; nothing else of it wants gradients any more, but what the options say.</summary>
    /// <param name="network">The model, which is borrowed.</param>
    /// <param name="options">Which matrices change, and how much.</param>
    /// <remarks>One factor of each change is drawn from torch's default generator. Where it fails, the model is as it was.</remarks>
    /// <exception cref="ArgumentException">The options are out of range, or no matrix is chosen.</exception>
    public LoraAdapters(DualEncoder network, LoraOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new LoraOptions();
        options.Validate(nameof(options));

        _others = [];
        try
        {
            Add(network, options);
            if (_adapters.Count == 0)
                throw new ArgumentException("The model has no transformer blocks in the chosen towers.", nameof(options));
        }
        catch
        {
            Dispose();
            throw;
        }

        foreach (var (_, parameter) in network.named_parameters())
            parameter.requires_grad = false;
        foreach (var other in _others)
            other.Parameter.requires_grad = true;
        // The matrices want gradients, from which those of the factors follow, but no optimizer may have them.
        foreach (var adapter in _adapters)
            adapter.Weight.requires_grad = true;
    }

    private void Add(DualEncoder network, LoraOptions options)
    {
        if (options.TrainLogitScale)
        {
            _others.AddRange(network.named_parameters()
                .Where(entry => entry.name is "logit_scale" or "logit_bias")
                .Select(entry => new NamedParameter(entry.name, entry.parameter)));
        }
        if (options.ImageTower)
            Add("visual", network.Image.GetAdaptableMatrices(), options);
        if (options.TextTower)
            Add("text", network.Text.GetAdaptableMatrices(), options);
    }

    private void Add(string tower, IReadOnlyList<AdaptableMatrix> matrices, LoraOptions options)
    {
        var scale = options.Alpha / options.Rank;
        foreach (var matrix in matrices)
        {
            if (!(matrix.Role == MatrixRole.Attention ? options.Attention : options.Perceptrons))
                continue;
            var name = $"{tower}.{matrix.Name}";
            var rows = matrix.Weight.shape[0] / Math.Max(1, matrix.Parts.Count);
            if (matrix.Parts.Count == 0)
                _adapters.Add(new LoraAdapter(name, matrix.Weight, 0, rows, options.Rank, scale));
            for (var i = 0; i < matrix.Parts.Count; i++)
                _adapters.Add(new LoraAdapter($"{name}.{matrix.Parts[i]}", matrix.Weight, i * rows, rows, options.Rank, scale));
        }
    }

    /// <summary>What an optimizer trains: the factors, and the logit scale where that was chosen.</summary>
    public IReadOnlyList<NamedParameter> Parameters => [.. _adapters.SelectMany(adapter => adapter.Parameters), .. _others];

    /// <summary>Brings the model's weights up to date, after the factors have moved.</summary>
    public void Apply() => _adapters.ForEach(adapter => adapter.Apply());

    /// <summary>Gives the model the weights it had before the adaptation.</summary>
    public void Remove() => _adapters.ForEach(adapter => adapter.Remove());

    /// <summary>Turns the gradients of the model's matrices into gradients of the factors, before an optimizer's step.</summary>
    public void TakeGradients()
    {
        _adapters.ForEach(adapter => adapter.TakeGradients());
        foreach (var adapter in _adapters)
            adapter.Weight.grad = null;
    }

    /// <summary>The factors and the rows they change, by name, as checkpoints keep them.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> GetState() => _adapters.SelectMany(adapter => adapter.State);

    /// <summary>Replaces factors and rows by what <see cref="GetState"/> gave, and brings the model's weights up to date.</summary>
    /// <param name="state">All of it; values are copied.</param>
    /// <exception cref="ArgumentException">A tensor is missing, has another shape, or belongs to no adapter; nothing was changed.</exception>
    public void SetState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var noGradients = no_grad();
        var own = GetState().ToDictionary(entry => entry.Key, entry => entry.Value);
        StateCheck.RequireSame(own, state, "adapters");
        foreach (var (name, value) in own)
            value.copy_(state[name]);
        Apply();
    }

    /// <summary>Forgets the changes but leaves them merged into the model's weights.</summary>
    public void Dispose() => _adapters.ForEach(adapter => adapter.Dispose());
}
