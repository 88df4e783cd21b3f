namespace Clip.Fuzz.Mutation;

/// <summary>Knows the parts of a format: leaves out, doubles, moves, exchanges and changes them, and writes lengths and checksums that fit.</summary>
/// <remarks>One in four files, and every one that cannot be taken apart, is changed as plain bytes, so that what fits nowhere comes up too.</remarks>
internal abstract class PartsMutator : Mutator
{
    // One part doubled this often shows what grows with the number of parts.
    private const int ManyTimes = 2000;

    /// <summary>Takes a file apart; null where that cannot be done.</summary>
    protected abstract List<Part>? Split(byte[] file);

    /// <summary>Puts parts together, with lengths and checksums that are right unless chance decides otherwise.</summary>
    protected abstract byte[] Join(List<Part> parts, Random random);

    /// <summary>Changes what a part holds.</summary>
    protected virtual byte[] MutateData(Part part, byte[] donor, Random random) => BytesMutator.Instance.Mutate(part.Data, donor, random);

    public sealed override byte[] Mutate(byte[] original, byte[] donor, Random random)
    {
        if (random.Next(4) == 0 || Split(original) is not { Count: > 0 } parts)
            return BytesMutator.Instance.Mutate(original, donor, random);
        var others = Split(donor) ?? [];
        for (var changes = CountChanges(random); changes > 0 && parts.Count > 0; changes--)
            Change(parts, others, random);
        return Join(parts, random);
    }

    /// <summary>Whether something is written wrong on purpose: in one of thirty-two files.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="times">How often a file asks.</param>
    protected static bool Wrong(Random random, int times = 1) => random.Next(32 * times) == 0;

    private void Change(List<Part> parts, List<Part> others, Random random)
    {
        var place = random.Next(parts.Count);
        var part = parts[place];
        var donor = others.Count > 0 ? others[random.Next(others.Count)] : part;
        switch (random.Next(12))
        {
            case 0: parts.RemoveAt(place); break;
            case 1: parts.Insert(random.Next(parts.Count), part); break;
            case 2: parts[place] = part with { Name = BytesMutator.Instance.Mutate(part.Name, donor.Name, random) }; break;
            case 3: parts[place] = part with { Data = [] }; break;
            case 4: parts[place] = donor; break;
            case 5: parts.Insert(place, donor); break;
            case 6:
                parts.RemoveAt(place);
                parts.Insert(random.Next(parts.Count + 1), part);
                break;
            case 7 when random.Next(20) == 0 && part.Data.Length < 64:
                parts.InsertRange(place, Enumerable.Repeat(part, ManyTimes));
                break;
            default: parts[place] = part with { Data = MutateData(part, donor.Data, random) }; break;
        }
    }
}
