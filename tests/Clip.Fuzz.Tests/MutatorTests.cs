using System.Text.Json;
using Clip.Fuzz.Mutation;
using Clip.Fuzz.Targets;

namespace Clip.Fuzz.Tests;

/// <summary>What is changed inside of a format keeps its checksums, so that readers get to it.</summary>
public sealed class MutatorTests
{
    private const int Rounds = 100;

    public static TheoryData<string, double> Accepted => new()
    {
        { "checkpoint-safetensors", 0.05 }, { "checkpoint-zip", 0.05 }, { "png-skia", 0.1 }, { "webp-skia", 0.1 }, { "gif-skia", 0.1 }, { "list-csv", 0.1 },
        { "shard-tar", 0.1 }, { "shard-gzip", 0.1 }, { "hub-answer", 0.1 }, { "class-bank", 0.05 },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void Mutate_Format_LeavesAShareReadable(string name, double share)
    {
        var target = TargetList.Get(name);
        using var room = new Trials.TrialRoom(target);

        var accepted = Enumerable.Range(0, Rounds).Count(number =>
            Trials.InputMaker.Make(target, 3, number) is var (file, bytes) && room.Run(file, bytes) is { Finding: null, Refusal: null });

        Assert.InRange(accepted, share * Rounds, Rounds - 1);
    }

    [Fact]
    public void Mutate_Json_IsMostlyJson()
    {
        var json = "{\"a\": [1, {\"b\": \"c\"}], \"d\": \"[1, 2]\", \"e\": null}"u8.ToArray();
        var mutator = new JsonMutator();

        var valid = Enumerable.Range(0, Rounds).Count(seed => IsJson(mutator.Mutate(json, json, new Random(seed))));

        Assert.InRange(valid, Rounds / 2, Rounds - 1);
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
