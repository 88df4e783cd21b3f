using Clip.DependencyInjection.Tests.Support;
using Clip.ZeroShot;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Classification;

public sealed class RegisteredClassifierTests(TinyModel tiny)
{
    private readonly CountingLoader _loader = new(tiny.Folder);

    [Theory]
    [InlineData(null)]
    [InlineData("photos")]
    public async Task AddZeroShotClassifier_WithoutName_HasTheModelsKey(string? key)
    {
        await using var services = Containers.Create(_loader, services =>
            (key is null ? services.AddClip() : services.AddKeyedClip(key)).AddZeroShotClassifier(["cat", "dog"]));
        var classifier = services.GetRequiredKeyedService<ImageClassifier>(key);

        await classifier.GetAsync(Patience.Token);
        var face = services.GetRequiredKeyedService<IZeroShotClassifier>(key);

        Assert.Equal(["cat", "dog"], face.ClassNames);
        Assert.Same(services.GetRequiredKeyedService<ZeroShotClassifier>(key), face);
        Assert.Equal((key ?? "", key), (classifier.Name, classifier.ModelKey));
        if (key is not null)
            Assert.Null(services.GetService<IZeroShotClassifier>());
    }

    [Fact]
    public async Task AddZeroShotClassifier_Name_IsTheKeyOfTheInterface()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip(options => options.Model = tiny.Folder)
            .AddZeroShotClassifier("animals", ["cat", "dog"]));

        var face = services.GetRequiredKeyedService<IZeroShotClassifier>("animals");

        Assert.Equal(2, face.Classify(Image.Striped(1)).Count);
        Assert.Null(services.GetService<IZeroShotClassifier>());
    }

    [Fact]
    public void AddZeroShotClassifier_TwiceWithoutName_IsRefused()
    {
        var builder = new ServiceCollection().AddClip().AddZeroShotClassifier(["cat"]);

        Assert.Throws<ArgumentException>(() => builder.AddZeroShotClassifier(["dog"]));
    }
}
