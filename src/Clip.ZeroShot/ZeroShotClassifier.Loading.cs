using Clip.ZeroShot.ClassBanks;

namespace Clip.ZeroShot;

public sealed partial class ZeroShotClassifier
{
    /// <summary>Loads a model and makes a classifier on it, which disposes both.</summary>
    /// <param name="model">A known name such as "ViT-B/32", a repository of the Hub, a folder or a file, as <see cref="ClipModel.Load"/> takes them.</param>
    /// <param name="classNames">The classes, at least one, each once; what is special to them goes into the name, as in "crane (bird)".</param>
    /// <param name="templates">The sentences; null for <see cref="PromptTemplates.Photo"/>.</param>
    /// <param name="options">Device, precision, and what the files do not say; null for the defaults.</param>
    /// <exception cref="ModelSourceException">The source names no model, or does not say enough; the message has the remedy.</exception>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder at the path.</exception>
    /// <exception cref="Hub.HubException">The Hub cannot be reached, refuses, or sends wrong bytes.</exception>
    /// <exception cref="ArgumentException">A name is null, blank or appears twice, or a prompt is longer than the model's context.</exception>
    /// <exception cref="InvalidOperationException">The model has no vocabulary.</exception>
    /// <remarks>What <see cref="ClipModel.Load"/> throws besides, this throws too.</remarks>
    public static ZeroShotClassifier Load(
        string model, IReadOnlyList<string> classNames, PromptTemplates? templates = null, ClipModelOptions? options = null)
    {
        var names = CheckedNames(classNames);
        return Own(ClipModel.Load(model, options), names, templates, CancellationToken.None);
    }

    /// <inheritdoc cref="Load" path="/summary | /exception | /remarks"/>
    /// <param name="model">A known name such as "ViT-B/32", a repository of the Hub, a folder or a file, as <see cref="ClipModel.Load"/> takes them.</param>
    /// <param name="classNames">The classes, at least one, each once.</param>
    /// <param name="templates">The sentences; null for <see cref="PromptTemplates.Photo"/>.</param>
    /// <param name="options">Device, precision, and what the files do not say; null for the defaults.</param>
    /// <param name="progress">Told what the load is doing and how much of each file has come.</param>
    /// <param name="cancellationToken">Ends the download, the load and the embedding of the prompts.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ZeroShotClassifier> LoadAsync(
        string model,
        IReadOnlyList<string> classNames,
        PromptTemplates? templates = null,
        ClipModelOptions? options = null,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var names = CheckedNames(classNames);
        var clip = await ClipModel.LoadAsync(model, options, progress, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Own(clip, names, templates, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private static string[] CheckedNames(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        string[] names = [.. classNames];
        // Before gigabytes are downloaded and read, not after.
        ClassNameRules.Check(names, new ClassBankOptions());
        return names;
    }

    private static ZeroShotClassifier Own(ClipModel clip, string[] classNames, PromptTemplates? templates, CancellationToken cancellationToken)
    {
        try
        {
            return new ZeroShotClassifier(clip, ClassBank.Create(clip, classNames, templates, cancellationToken: cancellationToken), ownsModel: true);
        }
        catch
        {
            clip.Dispose();
            throw;
        }
    }
}
