using System.Text;

namespace Clip.Cli.Tests.Console;

public sealed class ResultTableTests
{
    [Fact]
    public void Write_Terminal_DrawsMarkupAsText()
    {
        using var output = new StringWriter(new StringBuilder());
        var table = new ResultTable("Name", "#Count") { Title = "[red]title[/]" };
        table.Add("[bold]x[/]\u001B[2J", "1");

        table.Write(new ToolConsole(Stream.Null, output, TextWriter.Null, isOutputTerminal: true));

        Assert.Contains("[red]title[/]", output.ToString());
        Assert.Contains(@"[bold]x[/]\u001B[2J", output.ToString());
    }

    [Fact]
    public void Write_Redirected_SeparatesColumnsByTabs()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var table = new ResultTable("Name", "#Count");
        table.Add("a\tb", "1");

        table.Write(new ToolConsole(Stream.Null, output, TextWriter.Null));

        Assert.Equal("a\\tb\t1\n", output.ToString());
    }
}
