namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the post-processor of tokenizer.json: what stands before and behind the tokens of one text.</summary>
internal sealed class TemplateReader(int tokens)
{
    /// <summary>The tokens before a text.</summary>
    public List<int> StartIds { get; } = [];

    /// <summary>The tokens behind a text.</summary>
    public List<int> EndIds { get; } = [];

    public void Read(JsonSection section)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Allow("processors");
                foreach (var item in section.Items("processors"))
                    Read(item);
                break;
            case "ByteLevel":
                section.Allow("add_prefix_space", "trim_offsets", "use_regex");
                break;
            case "RobertaProcessing":
                section.Allow("sep", "cls", "trim_offsets", "add_prefix_space");
                ReadPair(section);
                break;
            case "BertProcessing":
                section.Allow("sep", "cls");
                ReadPair(section);
                break;
            case "TemplateProcessing":
                section.Allow("single", "pair", "special_tokens");
                ReadTemplate(section);
                break;
            default:
                throw section.Error($"is a post-processor '{section.Type}', which is not supported");
        }
    }

    private void ReadPair(JsonSection section)
    {
        StartIds.Add(ReadId(section.Require("cls")));
        EndIds.Add(ReadId(section.Require("sep")));

        int ReadId(JsonSection token)
        {
            var items = token.AsItems();
            return items.Count == 2 ? Check(items[1]) : throw token.Error("should be a token and its id");
        }
    }

    private void ReadTemplate(JsonSection section)
    {
        var texts = 0;
        foreach (var item in section.Items("single"))
        {
            if (item.Find("Sequence") is { } sequence)
            {
                if (sequence.Text("id") != "A" || texts++ > 0)
                    throw item.Error("is not the one text A");
                continue;
            }
            var name = item.Require("SpecialToken").Text("id");
            (texts == 0 ? StartIds : EndIds).AddRange(section.Require("special_tokens").Require(name).Items("ids").Select(Check));
        }
        if (texts == 0)
            throw section.Error("has no place for the text in 'single'");
    }

    private int Check(JsonSection id) => id.AsInteger() is var value && value < tokens
        ? value
        : throw id.Error($"is the id {value}, and there are {tokens:N0} tokens");
}
