using System.Formats.Tar;
using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training.Data;

namespace Clip.Training.Tests.Data;

public sealed class DocumentationTests
{
    private const string Here = "tests/Clip.Training.Tests/Data/DocumentationTests.cs";

    [Fact]
    [NoTensorLeaks]
    public void Guide_Program_RunsAndPrintsWhatItSays()
    {
        ReadmeProgram.Verify("docs/training-data.md", Here, () =>
        {
            // <docs/training-data.md>
            var options = new PairSourceOptions
            {
                Preprocessing = PreprocessingConfig.OpenAI(224),
                Tokenizer = ClipTokenizer.Load("vocabulary", ClipTokenizerOptions.OpenClip),              // truncates long captions
                Augmentation = new AugmentationConfig { MinScale = 0.9 },                                 // null for none
                Seed = 1,
            };
            using var list = CaptionedImages.FromList("captions.csv", options);
            using var folders = CaptionedImages.FromClassFolders("train", ["a photo of a {}.", "an image of a {}."], options);
            using var shards = new WebDataset("data/{00000..00001}.tar", options);

            foreach (IPairSource source in (IPairSource[])[list, folders, shards])
            {
                using var batch = source.Batches(size: 4, PairPosition.Start).First();
                using var images = batch.GetImages();
                Console.WriteLine($"[{string.Join(", ", images.shape)}] [{string.Join(", ", batch.Tokens.shape)}], then {batch.Next}");
            }
            // </docs/training-data.md>
        }, Prepare);
    }

    // Four images in each form that the program reads.
    private static void Prepare(string folder)
    {
        new VocabularyLearner().Learn(514).Save(Path.Combine(folder, "vocabulary"));
        Directory.CreateDirectory(Path.Combine(folder, "train", "red_panda"));
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var rows = new List<string> { "filepath,title" };
        for (var number = 0; number < 4; number++)
        {
            File.WriteAllBytes(Path.Combine(folder, "train", "red_panda", $"{number}.png"), TinyImages.Encode(number));
            rows.Add($"train/red_panda/{number}.png,panda {number}");
        }
        File.WriteAllLines(Path.Combine(folder, "captions.csv"), rows);
        for (var shard = 0; shard < 2; shard++)
        {
            using var tar = new TarWriter(File.Create(Path.Combine(folder, "data", $"{shard:D5}.tar")));
            for (var number = 2 * shard; number < 2 * shard + 2; number++)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{number}.png") { DataStream = new MemoryStream(TinyImages.Encode(number)) });
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{number}.txt") { DataStream = new MemoryStream("a panda"u8.ToArray()) });
            }
        }
    }
}
