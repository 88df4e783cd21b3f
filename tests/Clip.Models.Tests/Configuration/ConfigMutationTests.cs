using System.Text;
using Clip.Checkpoints;

namespace Clip.Models.Tests.Configuration;

/// <summary>Config files changed at random: each is read or refused with the documented exception, quickly and without memory.</summary>
public sealed class ConfigMutationTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "-1", "0", "1e309", "2147483648", "4611686018427387904", "0.5", "null", "true", "[]", "[1,2]", "{}", "\"\"", "\"tanh\"", "[[", "}", ",", "\\u0000", "\"\\ud800\"", "\"eps\": 1e-6",
    ];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_MutatedFile_SucceedsOrThrowsCheckpointException(int seed)
    {
        var random = new Random(seed);
        var originals = new[]
        {
            File.ReadAllText(Fixtures.Find("checkpoints", "hf_clip", "config.json")),
            File.ReadAllText(Fixtures.Find("checkpoints", "open_clip_hub", "open_clip_config.json")),
            OpenClipConfigWriter.Write(TinyConfig.Unusual).ToJsonString(),
            OpenClipConfigWriter.Write(TinyConfig.ResNet).ToJsonString(),
            HuggingFaceConfigWriter.Write(TinyConfig.SigLip).ToJsonString(),
        };
        for (var i = 0; i < 500; i++)
        {
            var mutated = Mutate(originals[random.Next(originals.Length)], random);
            File.WriteAllBytes(_file, mutated);
            try
            {
                // What is accepted can be laid out, which takes no memory.
                Outline.ParameterCount(DualEncoderConfig.Read(_file, ignoreUnknown: random.Next(2) == 0));
            }
            catch (CheckpointException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, mutation {i}: {e}\n{Encoding.UTF8.GetString(mutated)}");
            }
        }
    }

    private static byte[] Mutate(string text, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var place = random.Next(text.Length);
            text = random.Next(3) switch
            {
                0 => Replace(text, place, Pieces[random.Next(Pieces.Length)]),
                1 => text.Remove(place, Math.Min(random.Next(1, 12), text.Length - place)),
                _ => text.Insert(place, Pieces[random.Next(Pieces.Length)]),
            };
            if (text.Length == 0)
                return [];
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(4) == 0)
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    // The value behind the next colon, so that most mutants are still JSON.
    private static string Replace(string text, int place, string piece)
    {
        var start = text.IndexOf(':', place) + 1;
        var end = text.IndexOfAny([',', '}'], start);
        return start == 0 || end < 0 ? text : string.Concat(text.AsSpan(0, start), piece, text.AsSpan(end));
    }
}
