using Clip.Models;

namespace Clip;

/// <summary>An image with a window painted over, at one place after the other.</summary>
internal sealed class Occlusion
{
    private readonly Tensor _pixels;
    private readonly double _window;
    private readonly int _batch;

    private Occlusion(Tensor pixels, int rows, int columns, double window, int batch)
    {
        _pixels = pixels;
        Rows = rows;
        Columns = columns;
        _window = window;
        _batch = batch;
    }

    /// <summary>Rows of places.</summary>
    public int Rows { get; }

    /// <summary>Places in a row.</summary>
    public int Columns { get; }

    /// <summary>Lays a grid over an image.</summary>
    /// <param name="pixels">Normalized pixels [1, 3, H, W]; they must live as long as this.</param>
    /// <param name="encoder">What will see them.</param>
    /// <param name="options">How fine the grid is, and how large the window.</param>
    public static Occlusion Create(Tensor pixels, IImageEncoder encoder, ExplanationOptions options)
    {
        var (height, width) = ((double)pixels.shape[2], (double)pixels.shape[3]);
        var cell = Math.Max(height, width) / options.Cells;
        return new Occlusion(pixels, Cells(height), Cells(width), options.Window, Math.Max(1, encoder.PreferredBatch));

        int Cells(double length) => (int)Math.Clamp(Math.Round(length / cell), 1, length);
    }

    /// <summary>Encodes the image as it is and with each place painted over.</summary>
    /// <param name="encode">[n, 3, H, W] to [n, E].</param>
    /// <param name="cancellationToken">Ends the work between passes.</param>
    /// <returns>[1 + P, E]; the first is the image itself.</returns>
    public Tensor Encode(Func<Tensor, Tensor> encode, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var mean = _pixels.mean([2, 3], keepdim: true);
        var rows = new List<Tensor> { encode(_pixels) };
        foreach (var places in Enumerable.Range(0, Rows * Columns).Chunk(_batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var pass = NewDisposeScope();
            var images = _pixels.repeat(places.Length, 1, 1, 1);
            for (var i = 0; i < places.Length; i++)
            {
                var (top, height) = Span(places[i] / Columns, Rows, images.shape[2]);
                var (left, width) = Span(places[i] % Columns, Columns, images.shape[3]);
                images.narrow(0, i, 1).narrow(2, top, height).narrow(3, left, width).copy_(mean);
            }
            rows.Add(encode(images).MoveToOuterDisposeScope());
        }
        return cat([.. rows]).MoveToOuterDisposeScope();
    }

    // The window around a cell's middle, cut at the border.
    private (long First, long Length) Span(int cell, int cells, long length)
    {
        var (middle, half) = ((cell + 0.5) * length / cells, _window * length / cells / 2);
        var first = (long)Math.Clamp(Math.Round(middle - half), 0, length - 1);
        var end = (long)Math.Clamp(Math.Round(middle + half), first + 1, length);
        return (first, end - first);
    }
}
