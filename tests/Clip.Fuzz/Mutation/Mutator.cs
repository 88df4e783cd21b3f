namespace Clip.Fuzz.Mutation;

/// <summary>Changes a file as accidents and attackers do.</summary>
internal abstract class Mutator
{
    /// <summary>Makes a changed copy.</summary>
    /// <param name="original">The file.</param>
    /// <param name="donor">Another file of the kind, of which parts may be taken.</param>
    /// <param name="random">Decides about everything.</param>
    public abstract byte[] Mutate(byte[] original, byte[] donor, Random random);

    /// <summary>How many changes to make: one in half of all cases, so that readers get past the first check.</summary>
    protected static int CountChanges(Random random) => random.Next(2) == 0 ? 1 : random.Next(2, 5);
}
