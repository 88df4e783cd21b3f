using Clip.Checkpoints;
using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>Files of tensors: all names, shapes, metadata and values.</summary>
internal sealed class CheckpointTarget(string name, Mutator mutator, params Seed[] seeds) : FuzzTarget
{
    private const string IndexShard = "s1.safetensors";

    public override string Name => name;

    public override string Calls => "Checkpoint.Open, ReadTensor";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override Mutator Mutator => mutator;

    public override int Share => 20;

    public override long MostBytes => 20_000_000;

    public override bool ReadsTwice => true;

    public override ulong Read(FuzzInput input)
    {
        var path = input.Write();
        if (name == "checkpoint-index")
            input.Write(IndexShard, File.ReadAllBytes(Fixtures.Find("hostile", "hf_index", "undeclared_tensor", IndexShard)));
        var hash = new ValueHash();
        using var checkpoint = Checkpoint.Open(path);
        foreach (var (key, value) in checkpoint.Metadata)
            hash.Add(key).Add(value);
        foreach (var (key, info) in checkpoint.Tensors)
        {
            // Elements of a byte can be read as larger ones, and complex ones of two.
            Require(info.ElementCount >= 0 && info.ElementCount <= input.Bytes.Length + 4096, $"'{key}' has {info.ElementCount} elements in a file of {input.Bytes.Length} bytes.");
            using var tensor = checkpoint.ReadTensor(key);
            Require(tensor.shape.SequenceEqual(info.Shape), $"'{key}' is announced as [{string.Join(',', info.Shape)}] and read as [{string.Join(',', tensor.shape)}].");
            hash.Add(key).Add(tensor);
        }
        return hash.Value;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => seeds;
}
