using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>The angles of patches that lie on a grid: half of a head's pairs turn with one coordinate, half with the other.</summary>
/// <remarks>Source: Fang et al. 2023, "EVA-02", section 2.1, after Su et al. 2021, "RoFormer", section 3.2.</remarks>
internal sealed record RotaryGrid
{
    // RoFormer, section 3.3.
    private const double Base = 10_000;

    /// <summary>Patches per column and row.</summary>
    public required ImageSize Grid { get; init; }

    /// <summary>The grid to which coordinates are scaled.</summary>
    public required ImageSize Reference { get; init; }

    /// <summary>Channels of a head, a multiple of 4.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Tokens before those of the patches, which are not turned.</summary>
    public required int PrefixTokens { get; init; }

    /// <summary>Added to the coordinates, which count from 0.</summary>
    public int Offset { get; init; }

    /// <summary>Whether the columns come before the rows.</summary>
    public bool ColumnsFirst { get; init; }

    /// <summary>Checks that heads have pairs of channels for both coordinates.</summary>
    public static void Validate(ConfigCheck check, int width, int heads) => check.That(
        width / heads % 4 == 0, "Heads", $"heads of {width / heads} channels are no multiple of 4, which rotary positions in two dimensions need");

    /// <summary>The angles of all tokens.</summary>
    public RotaryTable ToTable()
    {
        var (pairs, frequencies) = (HeadSize / 2, HeadSize / 4);
        var angles = new double[(PrefixTokens + (Grid.Height * Grid.Width)) * pairs];
        for (var y = 0; y < Grid.Height; y++)
        {
            for (var x = 0; x < Grid.Width; x++)
            {
                var token = angles.AsSpan((PrefixTokens + (y * Grid.Width) + x) * pairs, pairs);
                var (row, column) = (Coordinate(y, Grid.Height, Reference.Height), Coordinate(x, Grid.Width, Reference.Width));
                for (var i = 0; i < frequencies; i++)
                {
                    var frequency = Math.Pow(Base, -(double)i / frequencies);
                    token[i] = (ColumnsFirst ? column : row) * frequency;
                    token[frequencies + i] = (ColumnsFirst ? row : column) * frequency;
                }
            }
        }
        return new RotaryTable(pairs, angles);
    }

    private double Coordinate(int index, int places, int reference) =>
        places == reference ? index + Offset : (double)(index + Offset) / places * reference;
}
