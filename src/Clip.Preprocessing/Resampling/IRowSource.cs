namespace Clip.Preprocessing.Resampling;

/// <summary>An image whose rows are made as they are asked for, from top to bottom.</summary>
internal interface IRowSource
{
    /// <summary>Columns.</summary>
    int Width { get; }

    /// <summary>Rows.</summary>
    int Height { get; }

    /// <summary>What a pixel consists of.</summary>
    PixelFormat Format { get; }

    /// <summary>Whether the image had a palette.</summary>
    bool IsIndexed { get; }

    /// <summary>The most rows in one call of <see cref="Read"/>; a multiple of <see cref="Avx2Passes.RowGroup"/>, or all.</summary>
    int MostRows { get; }

    /// <summary>Makes rows that follow those of the call before, with or without a gap; the view is valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    PixelView Read(int first, int count);
}
