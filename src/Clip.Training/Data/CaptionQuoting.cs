namespace Clip.Training.Data;

/// <summary>What quotation marks in a text file with separated columns mean.</summary>
public enum CaptionQuoting
{
    /// <summary>A field that begins with a quotation mark ends with one; separators and line breaks between them, and doubled quotation marks, are text (RFC 4180).</summary>
    Standard,

    /// <summary>They are text like any other; a line is a row.</summary>
    None,
}
