namespace Clip.Kernels.Float32.Simd;

/// <summary>The possible row counts of a tile.</summary>
internal static class TileRows
{
    public readonly struct Six : ITileRows
    {
        public static int Count => 6;
    }

    public readonly struct Five : ITileRows
    {
        public static int Count => 5;
    }

    public readonly struct Four : ITileRows
    {
        public static int Count => 4;
    }

    public readonly struct Three : ITileRows
    {
        public static int Count => 3;
    }

    public readonly struct Two : ITileRows
    {
        public static int Count => 2;
    }

    public readonly struct One : ITileRows
    {
        public static int Count => 1;
    }
}
