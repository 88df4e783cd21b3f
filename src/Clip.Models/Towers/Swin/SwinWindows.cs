using Clip.Shared;

namespace Clip.Models;

/// <summary>How the places of a stage lie in the windows of a block, which may be shifted around its edges.</summary>
/// <remarks>Source: Liu et al. 2021, section 3.2; paddings and masks as in timm, swin_transformer.py.</remarks>
internal sealed class SwinWindows
{
    // What hides places from each other that only the shift has brought together.
    private const float Hidden = -100;

    private readonly ImageSize _window;
    private readonly ImageSize _shift;
    private readonly ImageSize _padded;

    /// <param name="grid">Places of the stage.</param>
    /// <param name="window">Side of a window; no larger than the stage.</param>
    /// <param name="isShifted">Whether windows are shifted by half, in the directions in which there are several.</param>
    public SwinWindows(ImageSize grid, int window, bool isShifted)
    {
        Grid = grid;
        _window = new ImageSize(Math.Min(window, grid.Height), Math.Min(window, grid.Width));
        _shift = isShifted ? new ImageSize(Shift(grid.Height), Shift(grid.Width)) : new ImageSize(0, 0);
        _padded = new ImageSize(Whole(grid.Height, _window.Height), Whole(grid.Width, _window.Width));

        int Shift(int side) => side <= window ? 0 : window / 2;

        static int Whole(int side, int window) => (side + window - 1) / window * window;
    }

    /// <summary>Places of the stage.</summary>
    public ImageSize Grid { get; }

    /// <summary>Places of a window.</summary>
    public ImageSize Window => _window;

    /// <summary>Whether windows reach beyond the image.</summary>
    public bool IsPadded => _padded != Grid;

    /// <summary>Whether places must be hidden from each other.</summary>
    public bool HasMask => _shift.Height + _shift.Width > 0;

    private int Count => _padded.Height / _window.Height * (_padded.Width / _window.Width);

    private int Length => _window.Height * _window.Width;

    /// <summary>Places to windows, [N, H, W, C] to [N · windows, places, C].</summary>
    public Tensor Split(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (images, channels) = (x.shape[0], x.shape[3]);
        var shifted = HasMask ? x.roll([-_shift.Height, -_shift.Width], [1, 2]) : x;
        if (IsPadded)
            shifted = nn.functional.pad(shifted, [0, 0, 0, _padded.Width - Grid.Width, 0, _padded.Height - Grid.Height]);
        return shifted
            .view(images, _padded.Height / _window.Height, _window.Height, _padded.Width / _window.Width, _window.Width, channels)
            .permute(0, 1, 3, 2, 4, 5).reshape(images * Count, Length, channels).MoveToOuterDisposeScope();
    }

    /// <summary>Windows to places, [N · windows, places, C] to [N, H, W, C].</summary>
    public Tensor Join(Tensor windows)
    {
        using var scope = NewDisposeScope();
        var (images, channels) = (windows.shape[0] / Count, windows.shape[2]);
        var places = windows
            .view(images, _padded.Height / _window.Height, _padded.Width / _window.Width, _window.Height, _window.Width, channels)
            .permute(0, 1, 3, 2, 4, 5).reshape(images, _padded.Height, _padded.Width, channels)
            .narrow(1, 0, Grid.Height).narrow(2, 0, Grid.Width);
        return (HasMask ? places.roll([_shift.Height, _shift.Width], [1, 2]) : places.contiguous()).MoveToOuterDisposeScope();
    }

    /// <summary>For each place of each window, in turn, the number of the place in the image; where nothing is padded.</summary>
    public Tensor Order()
    {
        using var scope = NewDisposeScope();
        var places = TensorArithmetic.Range((long)Grid.Height * Grid.Width, ScalarType.Int64).view(1, Grid.Height, Grid.Width, 1);
        return Split(places).view(-1).MoveToOuterDisposeScope();
    }

    /// <summary>What is added to the attention logits of shifted windows, [windows, 1, places, places].</summary>
    public Tensor Mask()
    {
        var (rows, columns) = (Regions(_padded.Height, _window.Height, _shift.Height), Regions(_padded.Width, _window.Width, _shift.Width));
        var mask = new float[Count * Length * Length];
        var across = _padded.Width / _window.Width;
        for (var i = 0; i < mask.Length; i++)
        {
            var (window, query, key) = (i / (Length * Length), i / Length % Length, i % Length);
            mask[i] = Region(window, query) == Region(window, key) ? 0 : Hidden;
        }
        return tensor(mask, [Count, 1, Length, Length]);

        (int, int) Region(int window, int place) => (
            rows[(window / across * _window.Height) + (place / _window.Width)], columns[(window % across * _window.Width) + (place % _window.Width)]);
    }

    // What lies together in the image before the shift has one number, the last window's two parts each their own.
    private static int[] Regions(int side, int window, int shift) =>
        [.. Enumerable.Range(0, side).Select(place => shift == 0 || place < side - window ? 0 : place < side - shift ? 1 : 2)];
}
