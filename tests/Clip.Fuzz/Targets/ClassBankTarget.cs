using System.Text.Json;
using Clip.Checkpoints;
using Clip.Fuzz.Mutation;
using Clip.Runtime;
using Clip.ZeroShot;

namespace Clip.Fuzz.Targets;

/// <summary>Class banks.</summary>
internal sealed class ClassBankTarget : FuzzTarget
{
    private const float LengthTolerance = 1e-3f;

    public override string Name => "class-bank";

    public override string Calls => "ClassBank.Load";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override Mutator Mutator { get; } = new SafetensorsMutator();

    public override bool ReadsTwice => true;

    public override ulong Read(FuzzInput input)
    {
        var bank = ClassBank.Load(input.Write());
        var hash = new ValueHash().Add(bank.Embeddings);
        for (var i = 0; i < bank.ClassNames.Count; i++)
        {
            Require(!string.IsNullOrWhiteSpace(bank.ClassNames[i]), $"class {i} has no name.");
            var length = 0f;
            foreach (var number in bank.GetEmbedding(i))
                length += number * number;
            Require(MathF.Abs(length - 1) < LengthTolerance, $"row {i} has the squared length {length}.");
            hash.Add(bank.ClassNames[i]);
        }
        foreach (var template in bank.Templates)
            hash.Add(template);
        return hash.Value;
    }

    protected override IReadOnlyList<Seed> CreateSeeds()
    {
        TorchLibraries.EnsureLoaded();
        using var folder = new TemporaryFolder();
        using var rows = tensor(new float[] { 1, 0, 0, 0, 0, 0.6f, 0.8f, 0, 0, 0, 0, -1 }, [3, 4], ScalarType.Float32, CPU);
        SafetensorsFile.Write(folder.File("bank.safetensors"), [KeyValuePair.Create("class_embeddings", rows)], new Dictionary<string, string>
        {
            ["clip_class_bank"] = "1",
            ["class_names"] = JsonSerializer.Serialize<string[]>(["cat", "\"dog\"", "caf\u00e9 \ud83d\ude00"]),
            ["templates"] = JsonSerializer.Serialize<string[]>(["a photo of a {}.", "{}"]),
            ["weights_sha256"] = new string('a', 64),
            ["model"] = "ViT-B/32",
            ["embedding_size"] = "4",
        });
        return [new Seed("bank.safetensors", File.ReadAllBytes(folder.File("bank.safetensors")))];
    }
}
