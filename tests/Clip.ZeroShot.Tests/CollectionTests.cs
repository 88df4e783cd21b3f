using System.Runtime.CompilerServices;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests;

/// <summary>Classifiers that nobody has disposed.</summary>
public sealed class CollectionTests(TinyModels models)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classifier_NotDisposed_IsCollectedWithItsModel(bool isModelDisposed)
    {
        var (classifier, clip) = Classify(isModelDisposed);

        await Unreachable.CollectAsync(classifier);
        await Unreachable.CollectAsync(clip);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (WeakReference Classifier, WeakReference Clip) Classify(bool isModelDisposed)
    {
        var clip = ClipModel.Load(models.Folder, TinyModels.Options);
        var classifier = new ZeroShotClassifier(clip, ["cat", "dog"]);
        Assert.NotEmpty(classifier.Classify(TinyModels.Image(1)));
        if (isModelDisposed)
            clip.Dispose();
        return (new WeakReference(classifier), new WeakReference(clip));
    }
}
