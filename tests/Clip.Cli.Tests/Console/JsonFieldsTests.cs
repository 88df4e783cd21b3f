using System.Globalization;

namespace Clip.Cli.Tests.Console;

/// <summary>JSON of the tool, written without reflection.</summary>
public sealed class JsonFieldsTests
{
    [Fact]
    public void WriteLine_EveryKindOfValue_IsWrittenInOrder()
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };

        Json.WriteLine(writer, new JsonFields
        {
            ["text"] = "é \"quoted\" <b> \u0001",
            ["none"] = null,
            ["flag"] = true,
            ["whole"] = 3,
            ["long"] = long.MinValue,
            ["unsigned"] = ulong.MaxValue,
            ["single"] = 0.1f,
            ["double"] = 0.1,
            ["named"] = new[] { double.NaN, double.PositiveInfinity },
            ["row"] = new[] { 1f, -0.5f, float.NegativeInfinity },
            ["kind"] = DayOfWeek.Friday,
            ["list"] = new List<string> { "a", "b" },
            ["texts"] = new Dictionary<string, string> { ["Key"] = "value" },
            ["numbers"] = new Dictionary<string, double> { ["R@1"] = 0.5 },
            ["leftOut"] = new[] { new LeftOut("a.jpg", "broken") },
            ["inner"] = new JsonFields { ["z"] = 1, ["a"] = 2 },
        });

        Assert.Equal(
            """
            {"text":"é \"quoted\" <b> \u0001","none":null,"flag":true,"whole":3,"long":-9223372036854775808,"unsigned":18446744073709551615,
            "single":0.1,"double":0.1,"named":["NaN","Infinity"],"row":[1,-0.5,"-Infinity"],"kind":"Friday","list":["a","b"],
            "texts":{"Key":"value"},"numbers":{"R@1":0.5},"leftOut":[{"input":"a.jpg","error":"broken"}],"inner":{"z":1,"a":2}}
            """.ReplaceLineEndings("") + "\n",
            writer.ToString());
    }

    [Fact]
    public void WriteLine_ValueOfAnotherType_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => Json.WriteLine(TextWriter.Null, new JsonFields { ["x"] = new Version(1, 2) }));
}
