using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace ImageSearch;

/// <summary>What is looked for; at least one of words, words to stay away from, and an image.</summary>
/// <param name="Text">Words.</param>
/// <param name="Minus">Words that results are to be unlike.</param>
/// <param name="Like">The key of an image that results are to be like.</param>
/// <param name="Weight">The image's share beside the words, from 0 to 1; 0.5 unless it is given.</param>
/// <param name="Skip">How many closer results are left out.</param>
/// <param name="Top">How many results at most, up to 200.</param>
internal sealed record SearchQuery(
    [property: FromQuery(Name = "text"), Description("Words.")] string? Text,
    [property: FromQuery(Name = "minus"), Description("Words that results are to be unlike.")] string? Minus,
    [property: FromQuery(Name = "like"), Description("The key of an image that results are to be like.")] Guid? Like,
    [property: FromQuery(Name = "weight"), Description("The image's share beside the words, from 0 to 1; 0.5 unless it is given.")] float? Weight,
    [property: FromQuery(Name = "skip"), Description("How many closer results are left out.")] int? Skip,
    [property: FromQuery(Name = "top"), Description("How many results at most, up to 200.")] int? Top);
