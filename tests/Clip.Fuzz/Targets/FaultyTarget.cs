using System.Buffers;
using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>A reader with one fault of each kind on purpose, in no campaign: whether it is found shows that a campaign finds anything.</summary>
internal sealed class FaultyTarget(string kind, Action<FuzzInput> fault) : FuzzTarget
{
    private const int Room = 4096;

    public static IReadOnlyList<FaultyTarget> All { get; } =
    [
        new("exception", _ => throw new FormatException("Not documented.")),
        new("derived", _ => throw new FileNotFoundException("Another type than documented, if one derived from it.")),
        new("value", _ => throw new InvariantException("Not finite.")),
        new("leftover", input => File.WriteAllBytes(Path.Combine(input.Folder, "left.tmp"), [1])),
        new("allocation", _ => GC.KeepAlive(new byte[MostAllocated + 1])),
        new("hang", _ => Thread.Sleep(Timeout.Infinite)),
        new("crash", _ => Environment.FailFast("The process ends here.")),
        new("old-memory", _ => { }),
    ];

    private const int MostAllocated = 1 << 20;

    public override string Name => $"faulty-{kind}";

    public override string Calls => "nothing";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(IOException)];

    public override Mutator Mutator => BytesMutator.Instance;

    public override long MostBytes => MostAllocated;

    public override bool ReadsTwice => kind == "old-memory";

    // A decoder that rents memory, takes a failure for a warning, and returns what was there.
    public override ulong Read(FuzzInput input)
    {
        fault(input);
        var rented = ArrayPool<byte>.Shared.Rent(Room);
        try
        {
            return new ValueHash().Add<byte>(rented.AsSpan(0, Room)).Value;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => [new("seed", [1, 2, 3])];
}
