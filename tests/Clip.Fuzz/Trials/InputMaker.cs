using System.IO.Hashing;
using System.Runtime.InteropServices;
using Clip.Fuzz.Targets;

namespace Clip.Fuzz.Trials;

/// <summary>Makes input number n of a target: a function of the target, the campaign's seed and n.</summary>
internal static class InputMaker
{
    public static (string Name, byte[] Bytes) Make(FuzzTarget target, int seed, long number)
    {
        var random = new Random(Mix(target.Name, seed, number));
        var original = target.Seeds[random.Next(target.Seeds.Count)];
        var donor = target.Seeds[random.Next(target.Seeds.Count)];
        return (original.Name, target.Mutator.Mutate(original.Bytes, donor.Bytes, random));
    }

    private static int Mix(string name, int seed, long number)
    {
        var hash = new XxHash32();
        hash.Append(MemoryMarshal.AsBytes(name.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes<long>([seed, number]));
        return (int)hash.GetCurrentHashAsUInt32();
    }
}
