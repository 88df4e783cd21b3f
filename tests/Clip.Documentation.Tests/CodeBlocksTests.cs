namespace Clip.Documentation.Tests;

/// <summary>Every block of C# compiles as it is copied into a new project that refers to the packages.</summary>
public sealed class CodeBlocksTests
{
    public static TheoryData<string> Pages => [.. MarkdownFile.All.Where(page => new MarkdownFile(page).CodeBlocks.Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void CodeBlocks_InANewProject_Compile(string page)
    {
        var errors = from block in new MarkdownFile(page).CodeBlocks
                     from error in NewProject.Compile(block.Text)
                     select $"{page}:{block.Line + error.Line}: {error.Message}";

        Assert.Equal("", string.Join('\n', errors));
    }

    [Theory]
    [InlineData("using var clip = ClipModel.Load(\"ViT-B/32\");", "using Clip;\n")]
    [InlineData("services.Clear();", "var services = new List<int>();\n")]
    public void Compile_WithoutWhatComesBefore_Fails(string line, string before)
    {
        Assert.NotEmpty(NewProject.Compile(line));
        Assert.Empty(NewProject.Compile(before + line));
    }
}
