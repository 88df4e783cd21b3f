using System.Text.RegularExpressions;

namespace Clip.Cli;

/// <summary>Says in the words of the command line what libraries say in those of programs.</summary>
/// <remarks>Everything that is reported passes through here, so that no message has to know who will read it.</remarks>
internal static partial class Wording
{
    private static readonly (string Library, string Tool)[] Phrases =
    [
        ("set ClipModelOptions.Activation, or Config", "give --activation"),
        ("set ClipModelOptions.Preprocessing (such as PreprocessingConfig.OpenAI(224))", "give --preprocessing (such as openai)"),
        ("Set ClipModelOptions.Preprocessing to one of that size", "Give --preprocessing a file of that size"),
        ("set ClipModelOptions.Vocabulary to where it is", "give --vocabulary"),
        ("set LoadOptions.Activation (QuickGelu for OpenAI's nine models) or LoadOptions.Config", "give --activation (quick_gelu for OpenAI's nine models)"),
        ("load the model with ClipModelOptions.TextOverflow", "give --truncate"),
        ("that ClipModel.List() has", "that clip models lists"),
        ("WeightsKey names", "--weights-key names"),
        ("; LoadOptions.AllowNonFinite allows it", ""),
        ("LoadOptions.BaseModel says where that model is.", "Put that model's folder where the adapter's config says it is."),
        ("raise ImageLimits.MaxMemory", "raise --max-image-memory"),
        ("give ImagePreprocessorOptions.Budget more", "free some memory"),
        (" (or HubOptions.Token)", ""),
        ("unset HF_HUB_OFFLINE (HubOptions.Offline)", "leave out --offline and HF_HUB_OFFLINE"),
        ("HF_HUB_CACHE (HubOptions.CacheFolder)", "--cache"),
        ("Raise HubOptions.MaxFileBytes if that is the file you mean.", "The tool takes no longer one."),
        ("cannot be asked; see the inner exception.", "cannot be reached."),
        ("say in CaptionColumns which to read", "say with --image-column and --caption-column which to read"),
        ("set CaptionColumns.Quoting to CaptionQuoting.None", "give --quoting none"),
        ("set CaptionColumns.Quoting to what is meant", "give --quoting standard or --quoting none"),
        ("CaptionColumns.Separator cannot", "--separator cannot"),
        ("; raise CaptionColumns.MaxRows to read them", ", more than the tool takes: split it"),
        ("than MaxCorruptShare allows", "than are left out"),
        ("Use the same, or allow changes when resuming", "Use the same, or give --allow-changes"),
        ("Use the same, or allow changes", "Use the same, or give --allow-changes"),
        ("(MaxBadShare)", "(--max-bad-share)"),
        ("load it with ClipModelOptions.TextOverflow set to Truncate", "give --truncate"),
        ("leave the weights unquantized", "leave out --quantize"),
        ("The application references libtorch for the CPU only", "This build of the tool computes on the CPU only"),
        ("use the device \"cpu\"", "give --device cpu"),
        ("Use the device \"auto\"", "Give --device auto"),
        ("Use float32 or bfloat16, or a GPU.", "Give --precision f32 or bf16, or use a GPU."),
        ("Use float16 or float32.", "Give --precision f16 or f32."),
        ("Use float32.", "Give --precision f32."),
    ];

    /// <summary>Translates a message.</summary>
    /// <param name="message">What a library or the tool says.</param>
    public static string Translate(string message)
    {
        // "It" is what the exception names: an option, in other letters.
        if (ParameterName().Match(message) is { Success: true } parameter && message.StartsWith("It ", StringComparison.Ordinal))
            message = $"--{WordBegin().Replace(parameter.Groups[1].Value, "-$0").ToLowerInvariant()}{message[2..]}";
        message = ParameterName().Replace(message, "");
        message = ActualValue().Replace(message, "");
        foreach (var (library, tool) in Phrases)
            message = message.Replace(library, tool, StringComparison.OrdinalIgnoreCase);
        message = OtherBackend().Replace(message, "Leave out --device, or ");
        message = MissingBackend().Replace(message, "Install the tool anew.");
        return OptionOfLibrary().Replace(message, "a setting of the library");
    }

    // ArgumentException adds the name of the parameter to its message, and ArgumentOutOfRangeException the value.
    [GeneratedRegex(@"\s*\(Parameter '([^']*)'\)", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"(?<!^)[A-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex WordBegin();

    [GeneratedRegex(@"\r?\nActual value was [^\r\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex ActualValue();

    // What applications reference; the tool has it inside.
    [GeneratedRegex(@"Reference the package \S+( \S+)? in place of the CPU package, or ", RegexOptions.CultureInvariant)]
    private static partial Regex OtherBackend();

    [GeneratedRegex(@"Add the package \S+ \S+ to the application(, or \S+ \S+ for NVIDIA GPUs)?\.", RegexOptions.CultureInvariant)]
    private static partial Regex MissingBackend();

    // Whatever has no words above: a property of one of the libraries' options.
    [GeneratedRegex(@"\b(?:ClipModel|Load|Hub|ImagePreprocessor|ClassBank|Trainer|PairSource|WebDataset|Caption|Checkpoint|Lora|ClipTokenizer|PretrainedTokenizer)Options\.\w+", RegexOptions.CultureInvariant)]
    private static partial Regex OptionOfLibrary();
}
