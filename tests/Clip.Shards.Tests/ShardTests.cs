namespace Clip.Shards.Tests;

public sealed class ShardTests
{
    [Theory]
    [InlineData("in/{00007..00009}.tar", "00007 00008 00009")]
    [InlineData("https://host/a/{3..4}.tar.gz?x=1", "3 4")]
    [InlineData("pipe:aws s3 cp --profile a.b s3://bucket/{00010..00011}.tar -", "00010 00011")]
    [InlineData("{a,b}.tar", "00000 00001")]
    [InlineData("{a,b}/7.tar", "00000 00001")]
    [InlineData("part-{5..6}.tar", "00000 00001")]
    public void Find_Pattern_NumbersByNameWhereNamesAreNumbers(string pattern, string numbers) =>
        Assert.Equal(numbers.Split(' '), Shard.Find(pattern).Select(shard => shard.Number));

    [Fact]
    public void Find_Folder_HasItsTarFiles()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["00002.tar", "00001.tar.gz", "00001_stats.json"])
            folder.Write(name, []);

        Assert.Equal([new Shard("00001", folder.File("00001.tar.gz")), new Shard("00002", folder.File("00002.tar"))], Shard.Find(folder.Path));
    }

    [Theory]
    [InlineData("a.tar", "a.tar")]
    [InlineData("{000000..999999}{0..9}.tar")]
    [InlineData("")]
    public void Find_NamedTwiceOrTooMany_ThrowsArgumentException(params string[] patterns) =>
        Assert.ThrowsAny<ArgumentException>(() => Shard.Find(patterns));
}
