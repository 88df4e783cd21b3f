using Clip.Models;
using Clip.Tokenization;
using Clip.Training.Optimization;
using Clip.Training.WeightAveraging;
using Emoji.Words;
using Training.Shared;
using Parameter = TorchSharp.Modules.Parameter;

namespace Emoji.Training.Captions;

/// <summary>The second part of the training: the text tower learns where the image tower has put the emoji that a caption is of.</summary>
/// <remarks>
/// Source: Zhai et al. 2022, "LiT: Zero-Shot Transfer with Locked-image text Tuning"; here the locked side is the vectors that the image tower was
/// trained with, one for each emoji, so that no image has to be computed.
/// </remarks>
internal sealed class CaptionTraining : IDisposable
{
    private readonly DualEncoder _network;
    private readonly PartOfRecipe _part;
    private readonly Parameter _table;
    private readonly AdamWOptimizer _optimizer;
    private readonly WeightAverage _average;
    private readonly RunState _state;

    /// <summary>Prepares it.</summary>
    /// <param name="network">The model, whose image tower is trained.</param>
    /// <param name="table">A unit vector for each emoji [M, E].</param>
    /// <param name="part">How to train.</param>
    /// <param name="path">The file of the state.</param>
    public CaptionTraining(DualEncoder network, Tensor table, PartOfRecipe part, string path)
    {
        (_network, _part) = (network, part);
        _table = new Parameter(table.clone(), requires_grad: false);
        _optimizer = new AdamWOptimizer(ParameterGroups.Of(
            network.Text.named_parameters().Select(entry => new NamedParameter(entry.name, entry.parameter)), part.WeightDecay, WeightDecayRule.ExceptGainsAndBiases));
        _average = new WeightAverage(network, part.AverageDecay);
        _state = new RunState(path) { Network = network, Table = _table, Optimizer = _optimizer, Average = _average };
        CompletedSteps = _state.TryResume();
    }

    /// <summary>Steps that are done.</summary>
    public int CompletedSteps { get; private set; }

    /// <summary>Does what is left, and gives the model the averaged weights.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="catalog">The emoji.</param>
    /// <param name="captions">Writes captions.</param>
    /// <param name="report">Told of each step's number, loss and norm of the gradient.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public void Run(ClipTokenizer tokenizer, Catalog catalog, CaptionWriter captions, Action<int, double, double> report, CancellationToken cancellationToken)
    {
        var order = new EmojiOrder([.. Enumerable.Range(0, catalog.Codes.Count)], _part.Seed);
        // The image tower rests: its batch norms' statistics too.
        _network.eval();
        _network.Text.train();
        _network.UseTrainingKernels = true;
        while (CompletedSteps < _part.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (texts, emoji) = Draw(catalog, captions, order);
            var embeddings = nn.functional.normalize(_network.EncodeTexts(TokenRows.Of(tokenizer, texts)), dim: 1);
            var loss = TableLoss.Compute(embeddings, _table, emoji);
            _optimizer.ZeroGradients();
            loss.backward();
            var gradientNorm = GradientNorm.Measure(_optimizer.Parameters);
            _optimizer.Step(_part.Schedule.GetRate(CompletedSteps));
            _average.Update();
            report(++CompletedSteps, loss.item<float>(), gradientNorm);
            if (CompletedSteps % _part.SaveEverySteps == 0 || CompletedSteps == _part.Steps)
                _state.Save(CompletedSteps);
        }
        _network.UseTrainingKernels = false;
        _average.Swap();
        _network.eval();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _average.Dispose();
        _table.Dispose();
    }

    private (List<string> Texts, Tensor Emoji) Draw(Catalog catalog, CaptionWriter captions, EmojiOrder order)
    {
        var texts = new List<string>();
        var emoji = new long[_part.BatchSize];
        for (var i = 0; i < emoji.Length; i++)
        {
            var place = (long)CompletedSteps * emoji.Length + i;
            var random = new IndexedRandom(_part.Seed, place);
            emoji[i] = order[place];
            texts.Add(captions.Write(catalog.Codes[(int)emoji[i]], ref random));
        }
        return (texts, tensor(emoji));
    }
}
