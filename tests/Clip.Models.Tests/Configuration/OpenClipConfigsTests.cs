using System.Globalization;
using System.Text.Json.Nodes;

namespace Clip.Models.Tests.Configuration;

/// <summary>All of open_clip's model configs: each loads with the size that open_clip publishes, or is refused with the reason.</summary>
/// <remarks>
/// docs/open-clip-configs.md is what is expected. Where the environment variable CLIP_WRITE_TABLES is set, it is written anew, and so are the counts
/// in the catalog that open_clip does not publish, to be reviewed as a change.
/// </remarks>
public sealed class OpenClipConfigsTests
{
    private const string Heading = """
        # open_clip's model configs

        Each of the 181 configs of open_clip (`src/open_clip/model_configs` at 89fb801), and whether a model of it loads. Parameters are in millions: those
        of the image tower, of the text tower, and of the whole model as built here; then the whole as open_clip publishes it (`docs/model_profile.csv`),
        where it does. What is refused is refused when the config is read, with the reason in the table.

        | Config | Image tower | Text tower | Tokenizer | Loads | Image | Text | Model | Published |
        | --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |

        """;

    private static readonly Lazy<IReadOnlyList<OpenClipConfigRow>> Rows = new(() => [.. OpenClipConfigRow.Names.Select(OpenClipConfigRow.Read)]);

    private static bool WritesTables => Environment.GetEnvironmentVariable("CLIP_WRITE_TABLES") is { Length: > 0 };

    [Fact]
    public void Read_AllConfigs_LoadOrAreRefusedAsTheTableSays()
    {
        var path = Path.Combine(Fixtures.Repository, "docs", "open-clip-configs.md");
        var loading = Rows.Value.Count(row => row.Refusal is null);
        var table = Heading.ReplaceLineEndings("\n") + string.Concat(Rows.Value.Select(row => row + "\n"))
            + $"\n{loading} of {Rows.Value.Count} load.\n";
        if (WritesTables)
            File.WriteAllText(path, table);

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n'), table.Split('\n'));
    }

    [Fact]
    public void Read_ConfigsThatLoad_HaveThePublishedSizes()
    {
        var compared = Rows.Value.Where(row => row is { Refusal: null, Published: not null }).ToArray();

        Assert.All(compared, row =>
        {
            // Published counts have two decimals.
            Assert.Equal(row.Published![0], row.Total!.Value, 0.00501);
            Assert.Equal(row.Published[1], row.Image!.Value, 0.00501);
            Assert.Equal(row.Published[2], row.Text!.Value, 0.00501);
        });
        Assert.Equal(Rows.Value.Where(row => row.Refusal is null).Select(row => row.Name).Intersect(PublishedNames()).Count(), compared.Length);
        Assert.NotEmpty(compared);
    }

    [Fact]
    public void Read_RefusedConfigs_NameTheSetting() =>
        Assert.All(Rows.Value.Where(row => row.Refusal is not null), row => Assert.Matches("^is wrong( at [a-z_]+_cfg(\\.[a-z_]+)?|: [A-Z][A-Za-z.]+): .+", row.Refusal));

    [Fact]
    public void Catalog_Parameters_AreThoseOfTheConfigs()
    {
        var rows = Rows.Value.ToDictionary(row => row.Name, StringComparer.Ordinal);
        if (WritesTables)
            FillCatalog(rows);
        var models = File.ReadLines(CatalogFile("models.csv")).Skip(1).Select(line => line.Split(',')).ToArray();

        Assert.All(models, cells =>
        {
            // Models that others publish have no config of open_clip's.
            if (rows.GetValueOrDefault(cells[0]) is not { Refusal: null } row)
                return;
            Assert.True(cells[5].Length > 0, $"The config of {cells[0]} loads, so its counts can be written: run this with CLIP_WRITE_TABLES=1.");
            Assert.Equal(double.Parse(cells[5], CultureInfo.InvariantCulture), row.Image!.Value, 0.00501);
            Assert.Equal(double.Parse(cells[6], CultureInfo.InvariantCulture), row.Text!.Value, 0.00501);
        });
        Assert.NotEmpty(models);
    }

    [Fact]
    public void Catalog_Configs_AreTheFixtures()
    {
        var all = JsonNode.Parse(File.ReadAllText(CatalogFile("configs.json")))!.AsObject();
        var names = Rows.Value.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        var configs = all.Where(config => names.Contains(config.Key)).ToArray();

        Assert.All(configs, config => Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Fixtures.Find("open_clip_configs", config.Key + ".json"))), config.Value), config.Key));
        Assert.NotEmpty(configs);
    }

    // Published counts stay; others are those of the configs.
    private static void FillCatalog(Dictionary<string, OpenClipConfigRow> rows)
    {
        var lines = File.ReadAllLines(CatalogFile("models.csv"));
        for (var i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            if (rows.GetValueOrDefault(cells[0]) is not { Refusal: null } row || PublishedNames().Any(name => name == row.Name || name == row.Name + "-quickgelu"))
                continue;
            (cells[5], cells[6]) = (row.Image!.Value.ToString("0.00", CultureInfo.InvariantCulture), row.Text!.Value.ToString("0.00", CultureInfo.InvariantCulture));
            lines[i] = string.Join(',', cells);
        }
        File.WriteAllText(CatalogFile("models.csv"), string.Concat(lines.Select(line => line + "\n")));
    }

    private static string CatalogFile(string name) => Path.Combine(Fixtures.Repository, "src", "Clip", "Catalog", name);

    private static IEnumerable<string> PublishedNames() =>
        File.ReadLines(Fixtures.Find("open_clip_profile.csv")).Skip(1).Select(line => line[..line.IndexOf(',')]);
}
