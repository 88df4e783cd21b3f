using Clip.Models;
using Clip.Runtime;
using Clip.Tokenization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Clip.DependencyInjection.Tests.Options;

public sealed class ClipOptionsTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "Model=", "ClipOptions: Model is empty; name one such as \"ViT-B/32\"" },
        { "Model=./no/such/folder", "ClipOptions: Model is './no/such/folder', and there is no such file or folder at '" },
        { "Device=gpu", "ClipOptions: Device is 'gpu' and has to be \"auto\", \"cpu\", \"cuda\", \"cuda:N\" or \"mps\"." },
        { "Device=cuda:", "ClipOptions: Device is 'cuda:'" },
        { "Precision=7", "ClipOptions: Precision has no value 7." },
        { "Quantization=9", "ClipOptions: Quantization has no value 9." },
        { "TextOverflow=9", "ClipOptions: TextOverflow has no value 9." },
        { "Activation=9", "ClipOptions: Activation has no value 9." },
        { "BatchSize=-1", "ClipOptions: BatchSize is -1 and has to be at least 1." },
        { "DecodingThreads=0", "ClipOptions: DecodingThreads is 0 and has to be at least 1." },
        { "MaxConcurrency=0", "ClipOptions: MaxConcurrency is 0 and has to be at least 1." },
        { "Vocabulary=./nowhere", "ClipOptions: Vocabulary is './nowhere', and there is no such file or folder at '" },
        { "CacheFolder= ", "ClipOptions: CacheFolder is blank" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Start_WrongOption_FailsAndSaysWhich(string setting, string message)
    {
        using var host = CreateHost(services => services.AddClip(Section(setting)));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith(message, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SeveralWrongOptionsOfKeyedModel_NamesAllAndTheKey()
    {
        using var host = CreateHost(services =>
        {
            services.AddClip();
            services.AddKeyedClip("photos", Section("Model=", "BatchSize=0"));
        });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(2, error.Failures.Count());
        Assert.All(error.Failures, failure => Assert.StartsWith("ClipOptions 'photos': ", failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NoSuchPrecision_FailsWithTheValue()
    {
        using var host = CreateHost(services => services.AddClip(Section("Precision=Float99")));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("Float99", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MisspelledKey_FailsWithTheKey()
    {
        using var host = CreateHost(services => services.AddClip(Section("BatchSzie=8")));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("BatchSzie", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Defaults_LoadsNothing()
    {
        using var host = CreateHost(services => services.AddClip());

        await host.StartAsync();

        Assert.Equal(LoadState.NotLoaded, host.Services.GetRequiredService<IClipModelProvider>().State);
        await host.StopAsync();
    }

    [Fact]
    public void AddClip_Section_BindsEveryOption()
    {
        var services = new ServiceCollection();
        services.AddClip(Section(
            "Model=org/name", "Device=cuda:1", "Precision=Float16", "Quantization=Int8", "BatchSize=8", "BatchInvariant=true", "DecodingThreads=3", "FastDecoding=true", "MaxConcurrency=5",
            "TextOverflow=Truncate", "Activation=Gelu", "WeightsKey=ema", "Vocabulary=.", "Offline=true", "CacheFolder=cache"));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<ClipOptions>>().Value;

        Assert.Equal(
            ("org/name", "cuda:1", Precision.Float16, WeightQuantization.Int8, 8, true, 3, true, 5, TokenOverflow.Truncate, Activation.Gelu, "ema", ".", true, "cache"),
            (options.Model, options.Device, options.Precision, options.Quantization, options.BatchSize, options.BatchInvariant, options.DecodingThreads,
                options.FastDecoding, options.MaxConcurrency, options.TextOverflow, options.Activation, options.WeightsKey, options.Vocabulary, options.Offline, options.CacheFolder));
    }

    [Fact]
    public void ToModelOptions_EveryOption_ReachesTheModel()
    {
        var options = new ClipOptions
        {
            Device = "cuda:1",
            Precision = Precision.Float16,
            Quantization = WeightQuantization.Int8,
            BatchSize = 8,
            BatchInvariant = true,
            DecodingThreads = 3,
            FastDecoding = true,
            TextOverflow = TokenOverflow.Windows,
            Activation = Activation.Gelu,
            WeightsKey = "ema",
            Vocabulary = "vocab",
            Offline = true,
            CacheFolder = "cache",
            ConfigureModel = model => model with { IgnoreUnknownSettings = true },
        };

        var model = options.ToModelOptions();

        Assert.Equal(
            new ClipModelOptions
            {
                Device = "cuda:1",
                Precision = Precision.Float16,
                Quantization = WeightQuantization.Int8,
                BatchSize = 8,
                BatchInvariant = true,
                DecodingThreads = 3,
                TextOverflow = TokenOverflow.Windows,
                Activation = Activation.Gelu,
                WeightsKey = "ema",
                Vocabulary = "vocab",
                IgnoreUnknownSettings = true,
                Hub = model.Hub,
                Images = model.Images,
            },
            model);
        Assert.True(model.Hub.Offline);
        Assert.True(model.Images.FastDecoding);
        Assert.Equal("cache", model.Hub.CacheFolder);
    }

    [Fact]
    public void ToModelOptions_Defaults_AreTheModelsOwn()
    {
        var model = new ClipOptions().ToModelOptions();

        Assert.Equal(new ClipModelOptions { Hub = model.Hub, Images = model.Images }, model);
        Assert.False(model.Images.FastDecoding);
        Assert.Equal(new ClipModelOptions().Hub.Offline, model.Hub.Offline);
        Assert.Equal(new ClipModelOptions().Hub.CacheFolder, model.Hub.CacheFolder);
    }

    [Fact]
    public void CopyTo_EveryProperty_IsCopied()
    {
        var from = new ClipOptions();
        foreach (var property in typeof(ClipOptions).GetProperties())
            property.SetValue(from, Other(property.PropertyType));

        var to = new ClipOptions();
        from.CopyTo(to);

        foreach (var property in typeof(ClipOptions).GetProperties())
            Assert.Equal(property.GetValue(from), property.GetValue(to));
    }

    // A value that is not the default one.
    private static object Other(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) ? "other"
            : plain == typeof(int) ? 42
            : plain == typeof(bool) ? true
            : plain.IsEnum ? Enum.GetValues(plain).GetValue(1)!
            : new Func<ClipModelOptions, ClipModelOptions>(model => model);
    }

    private static IHost CreateHost(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder.Services);
        return builder.Build();
    }

    private static IConfigurationSection Section(params string[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create("Clip:" + pair[0], (string?)pair[1])))
            .Build().GetSection("Clip");
}
