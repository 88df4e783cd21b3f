using System.Text.Json.Serialization;

namespace Clip.Training.Checkpoints;

/// <summary>How trainer.json is written and read, generated at build time: an application may be trimmed.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainerState))]
internal sealed partial class TrainerStateJson : JsonSerializerContext;
