using Clip.Hub;

namespace Clip.Tests.Hub;

public sealed class HubRepositoryTests
{
    [Theory]
    [InlineData("openai/clip-vit-base-patch32", "openai/clip-vit-base-patch32", "main")]
    [InlineData("hf-hub:timm/vit_base_patch32_clip_224.openai", "timm/vit_base_patch32_clip_224.openai", "main")]
    [InlineData("org/name@v1.0", "org/name", "v1.0")]
    [InlineData("hf-hub:org/name@refs/pr/1", "org/name", "refs/pr/1")]
    [InlineData("org/name@0123456789abcdef0123456789abcdef01234567", "org/name", "0123456789abcdef0123456789abcdef01234567")]
    [InlineData("_a/b_", "_a/b_", "main")]
    public void TryParse_NamesOfTheHub_AreRead(string text, string id, string revision)
    {
        Assert.True(HubRepository.TryParse(text, out var repository));
        Assert.Equal(new HubRepository(id, revision), repository);
        Assert.Equal((id, revision), (repository.Id, repository.Revision));
        Assert.Equal(repository, HubRepository.Parse(repository.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("/")]
    [InlineData("org/")]
    [InlineData("/name")]
    [InlineData("a/b/c")]
    [InlineData("../name")]
    [InlineData("org/..")]
    [InlineData("org/a..b")]
    [InlineData("org/a--b")]
    [InlineData("-org/name")]
    [InlineData("org/name.")]
    [InlineData(".org/name")]
    [InlineData("org/name.git")]
    [InlineData("org\\name/x")]
    [InlineData("org/na me")]
    [InlineData("org/name?x=1")]
    [InlineData("org/name#x")]
    [InlineData("org/%2e%2e")]
    [InlineData("https://huggingface.co/org/name")]
    [InlineData("ViT-B/32@")]
    [InlineData("org/name@..")]
    [InlineData("org/name@a/../b")]
    [InlineData("org/name@/etc")]
    [InlineData("org/name@a//b")]
    [InlineData("org/name@a:b")]
    [InlineData("org/name@a b")]
    [InlineData("org/name@a\nb")]
    [InlineData("org/name@.hidden")]
    [InlineData("org/name@x.lock")]
    [InlineData("org/name@x@{1}")]
    [InlineData("org/name@-x")]
    [InlineData("./clip.pt")]
    [InlineData("~/models")]
    [InlineData("org/ünïcode")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(HubRepository.TryParse(text, out var repository));
        Assert.Equal(default, repository);
        if (text is not null)
            Assert.Contains("does not name a repository", Assert.Throws<FormatException>(() => HubRepository.Parse(text)).Message);
    }

    [Fact]
    public void TryParse_PartsOf96And97Characters_OnlyTheFirst()
    {
        Assert.True(HubRepository.TryParse($"org/{new string('a', 96)}", out _));
        Assert.False(HubRepository.TryParse($"org/{new string('a', 97)}", out _));
    }

    [Theory]
    [InlineData("main", false)]
    [InlineData("0123456789abcdef0123456789abcdef01234567", true)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF01234567", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456", false)]
    public void IsPinned_OnlyForWholeCommits(string revision, bool expected) =>
        Assert.Equal(expected, new HubRepository("org/name", revision).IsPinned);

    [Fact]
    public async Task OpenAsync_DefaultRepository_ThrowsArgumentException()
    {
        using var client = new HubClient(new HubOptions { Token = "", Offline = true });
        await Assert.ThrowsAsync<ArgumentException>(() => client.OpenAsync(default));
    }
}
