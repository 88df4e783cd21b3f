using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Clip.Cli.Tests.Support;
using Clip.Shared.Search;
using Clip.Shards;

namespace Clip.Cli.Tests.Commands;

/// <summary><c>clip search --embeddings</c>.</summary>
public sealed class SearchEmbeddingsTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("out");

    private string DescriptionPath => Path.Combine(Output, "graph", "graph.json");

    private string GraphPath => Assert.Single(Directory.GetFiles(Path.Combine(Output, "graph"), "*.usearch"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WhatWorkersWrote_FindsTheImageAndItsCaption()
    {
        TarFiles.Write(_folder.File("00000.tar"), ("a.jpg", File.ReadAllBytes(Images.Jpeg)), ("a.txt", "the first"u8.ToArray()));
        TarFiles.Write(_folder.File("00001.tar"), ("b.png", File.ReadAllBytes(Images.Png)), ("c.png", File.ReadAllBytes(Images.Broken)), ("d.bmp", File.ReadAllBytes(Images.Bmp)));
        (await ToolRun.Of("embed", "--model", model.Folder, "--device", "cpu", "--shards", _folder.File("{00000..00001}.tar"), "--output-folder", Output, "--max-bad-share", "0.5")).Returned(ExitCodes.Ok);

        var run = (await Search("--image", Images.Jpeg, "--json")).Returned(ExitCodes.Ok);

        Assert.Equal((2, 4), (run.Json.GetProperty("embeddings").GetProperty("shards").GetInt32(), run.Json.GetProperty("embeddings").GetProperty("rows").GetInt32()));
        var results = run.Json.GetProperty("results");
        Assert.Equal(3, results.GetArrayLength());       // not the one that could not be read
        Assert.Equal(("00000", "a", "the first"), (results[0].GetProperty("shard").GetString(), results[0].GetProperty("image").GetString(), results[0].GetProperty("caption").GetString()));
        Assert.Equal(1, results[0].GetProperty("similarity").GetDouble(), 2e-3);
        var lines = (await Search("--image", Images.Bmp, "--top", "1")).Returned(ExitCodes.Ok).Lines;
        Assert.Matches("^1[.]000[0-9]\t00001\td\t$|^0[.]999[0-9]\t00001\td\t$", Assert.Single(lines));

        using var other = new TemporaryFolder();
        TinyClip.Write(other.Path, seed: 5);
        (await ToolRun.Of("search", "--model", other.Path, "--device", "cpu", "--embeddings", Output, "--text", "a")).FailedWith(ExitCodes.Failure, "another model");
    }

    [Fact]
    public async Task Run_Approximate_FindsWhatComparingAllDoes_AndAddsShardsThatCameLater()
    {
        RequireGraphs();
        WriteRows("0", 1, 400);
        WriteRows("1", 2, 500);
        var exact = Results(await Search("--text", "a", "--json"));

        var made = await Search("--text", "a", "--json", "--approximate");
        Assert.Equal(exact, Results(made));
        Assert.Equal((898, 898), Graph(made));
        var graph = GraphPath;
        var again = await Search("--text", "a", "--json", "--approximate");
        Assert.Equal(exact, Results(again));
        Assert.Equal((898, 0), Graph(again));
        Assert.Equal(graph, GraphPath);

        // Before the others in the order of rows, behind them in the graph.
        WriteRows("00", 3, 300);
        WriteRows("-", 4, 200);
        var more = await Search("--text", "a", "--json", "--approximate");
        Assert.Equal((1396, 498), Graph(more));
        Assert.NotEqual(exact, Results(more));
        Assert.Equal(Results(await Search("--text", "a", "--json")), Results(more));
        Assert.NotEqual(graph, GraphPath);
        Assert.Empty(more.Error);
    }

    [Theory]
    [InlineData("shard changed", "shard 1 has changed")]
    [InlineData("shard gone", "shard 1 is gone")]
    [InlineData("description", "description is damaged")]
    [InlineData("description cut", "description is damaged")]
    [InlineData("path", "description is damaged")]
    [InlineData("graph gone", "its file is gone")]
    [InlineData("graph cut", "its file is damaged")]
    [InlineData("graph altered", "its file is damaged")]
    [InlineData("copied", null)]
    public async Task Run_StaleOrDamagedGraph_IsMadeAnew(string damage, string? expected)
    {
        RequireGraphs();
        WriteRows("0", 1, 100);
        WriteRows("1", 2, 100);
        (await Search("--text", "a", "--approximate")).Returned(ExitCodes.Ok);
        Damage(damage);

        var run = await Search("--text", "a", "--json", "--approximate");

        Assert.Equal(Results(await Search("--text", "a", "--json")), Results(run));
        if (expected is null)
            Assert.Empty(run.Error);
        else
            Assert.Contains(expected, run.Error);
        Assert.Empty((await Search("--text", "a", "--approximate")).Returned(ExitCodes.Ok).Error);
        Assert.NotEmpty(GraphPath);
    }

    [Fact]
    public async Task Run_ApproximateWithoutRows_FindsNothing()
    {
        RequireGraphs();
        WriteArray("0", [new float[model.Clip.EmbeddingSize]]);

        Assert.Empty((await Search("--text", "a", "--approximate")).Returned(ExitCodes.Ok).Lines);
    }

    [Fact]
    public async Task Run_FolderWithoutEmbeddings_NamesIt()
    {
        Directory.CreateDirectory(Output);
        (await Search("--text", "a")).FailedWith(ExitCodes.Failure, "holds no embeddings of shards");
    }

    [Theory]
    [InlineData("--images", "Give one of --images")]
    [InlineData("--index", "--index goes with --images")]
    [InlineData("--float16", "--float16 goes with --images")]
    public async Task Run_OptionsThatDoNotFit_IsUsageError(string option, string expected) =>
        (await Search(["--text", "a", option, .. option == "--float16" ? Array.Empty<string>() : [_folder.Path]])).FailedWith(ExitCodes.Usage, expected);

    [Fact]
    public async Task Run_ApproximateOnImages_IsUsageError() =>
        (await ToolRun.Of("search", "--model", model.Folder, "--images", _folder.Path, "--text", "a", "--approximate")).FailedWith(ExitCodes.Usage, "goes with --embeddings");

    private static void RequireGraphs() => Assert.SkipWhen(NeighborGraph.LibraryProblem is not null, NeighborGraph.LibraryProblem ?? "");

    private static string Results(ToolRun run) => run.Returned(ExitCodes.Ok).Json.GetProperty("results").GetRawText();

    private static (int Rows, int Added) Graph(ToolRun run)
    {
        var graph = run.Returned(ExitCodes.Ok).Json.GetProperty("embeddings").GetProperty("graph");
        return (graph.GetProperty("rows").GetInt32(), graph.GetProperty("added").GetInt32());
    }

    private void Damage(string damage)
    {
        var description = JsonNode.Parse(File.ReadAllText(DescriptionPath))!;
        var bytes = File.ReadAllBytes(GraphPath);
        switch (damage)
        {
            case "shard changed":
                WriteRows("1", 9, 101);
                break;
            case "shard gone":
                File.Delete(Path.Combine(Output, "img_emb", "img_emb_1.npy"));
                break;
            case "description":
                description["shards"]![0] = null;
                File.WriteAllText(DescriptionPath, description.ToJsonString());
                break;
            case "description cut":
                File.WriteAllText(DescriptionPath, description.ToJsonString()[..40]);
                break;
            case "path":
                description["file"] = "../graph/" + description["file"];
                File.WriteAllText(DescriptionPath, description.ToJsonString());
                break;
            case "graph gone":
                File.Delete(GraphPath);
                break;
            case "graph cut":
                File.WriteAllBytes(GraphPath, bytes[..^10]);
                break;
            case "graph altered":
                bytes[bytes.Length / 2] ^= 1;
                File.WriteAllBytes(GraphPath, bytes);
                File.SetLastWriteTimeUtc(GraphPath, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
                break;
            case "copied":
                File.SetLastWriteTimeUtc(GraphPath, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
                break;
        }
    }

    // The second row is that of an image that could not be read.
    private void WriteRows(string number, int seed, int count)
    {
        var random = new Random(seed);
        var rows = new float[count][];
        for (var row = 0; row < count; row++)
        {
            rows[row] = [.. Enumerable.Range(0, model.Clip.EmbeddingSize).Select(_ => random.NextSingle() - 0.5f)];
            TensorPrimitives.Divide(rows[row], row == 1 ? float.PositiveInfinity : TensorPrimitives.Norm(rows[row]), rows[row]);
        }
        WriteArray(number, rows);
    }

    private void WriteArray(string number, float[][] rows)
    {
        var header = $"{{'descr': '<f2', 'fortran_order': False, 'shape': ({rows.Length}, {rows[0].Length}), }}".PadRight(117) + "\n";
        byte[] bytes =
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header),
            .. rows.SelectMany(row => MemoryMarshal.AsBytes<Half>(row.Select(value => (Half)value).ToArray()).ToArray()),
        ];
        Directory.CreateDirectory(Path.Combine(Output, "img_emb"));
        File.WriteAllBytes(Path.Combine(Output, "img_emb", $"img_emb_{number}.npy"), bytes);
    }

    private Task<ToolRun> Search(params string[] more) => ToolRun.Of(["search", "--model", model.Folder, "--device", "cpu", "--embeddings", Output, .. more]);
}
