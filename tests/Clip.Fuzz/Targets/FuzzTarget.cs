using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>A reader of files from outside: what it is given, what is called, and how it may end.</summary>
internal abstract class FuzzTarget
{
    private readonly Lazy<IReadOnlyList<Seed>> _seeds;

    protected FuzzTarget() => _seeds = new(CreateSeeds);

    /// <summary>What the command line and the table call it.</summary>
    public abstract string Name { get; }

    /// <summary>What is called, for people.</summary>
    public abstract string Calls { get; }

    /// <summary>The exceptions that the called member documents for such a file, exactly these types.</summary>
    public abstract IReadOnlyList<Type> Documented { get; }

    /// <summary>What changes the seeds.</summary>
    public abstract Mutator Mutator { get; }

    /// <summary>The small files that inputs are made of, valid most of them.</summary>
    public IReadOnlyList<Seed> Seeds => _seeds.Value;

    /// <summary>How many inputs of a campaign are this target's, beside the others.</summary>
    public virtual int Share => 10;

    /// <summary>The most bytes that one input may take, in objects of .NET and in resident memory.</summary>
    public virtual long MostBytes => 64 << 20;

    /// <summary>Whether what it reads is read again with other bytes in fresh memory, and compared.</summary>
    public virtual bool ReadsTwice => false;

    /// <summary>Whether every tensor is to be gone afterwards. TorchSharp counts those that a module's parameters were made of for ever.</summary>
    public virtual bool DisposesTensors => true;

    /// <summary>Reads an input to the end and checks what came of it.</summary>
    /// <param name="input">The input.</param>
    /// <returns>A hash of all values, where they are compared.</returns>
    /// <exception cref="InvariantException">A value that must not be.</exception>
    public abstract ulong Read(FuzzInput input);

    protected abstract IReadOnlyList<Seed> CreateSeeds();

    /// <summary>Fails where a value is one that must not be.</summary>
    protected static void Require(bool condition, string problem)
    {
        if (!condition)
            throw new InvariantException(problem);
    }
}
