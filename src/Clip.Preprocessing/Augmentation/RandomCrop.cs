namespace Clip.Preprocessing.Augmentation;

/// <summary>A random rectangle of an image, of a random share of its area and a random aspect ratio.</summary>
internal readonly record struct RandomCrop(int Left, int Top, int Width, int Height)
{
    // torchvision's RandomResizedCrop tries as often before it takes the center.
    private const int Attempts = 10;

    public static RandomCrop Choose(AugmentationConfig config, int width, int height, ref SeededRandom random)
    {
        double lowest = Math.Log(config.MinAspectRatio), highest = Math.Log(config.MaxAspectRatio);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)width * height * random.Between(config.MinScale, config.MaxScale);
            var aspectRatio = Math.Exp(random.Between(lowest, highest));
            var cropWidth = (long)Math.Round(Math.Sqrt(area * aspectRatio));
            var cropHeight = (long)Math.Round(Math.Sqrt(area / aspectRatio));
            if (cropWidth < 1 || cropWidth > width || cropHeight < 1 || cropHeight > height)
                continue;
            var left = random.Below(width - (int)cropWidth + 1);
            var top = random.Below(height - (int)cropHeight + 1);
            return new RandomCrop(left, top, (int)cropWidth, (int)cropHeight);
        }
        return Center(config, width, height);
    }

    private static RandomCrop Center(AugmentationConfig config, int width, int height)
    {
        var aspectRatio = Math.Clamp((double)width / height, config.MinAspectRatio, config.MaxAspectRatio);
        var cropWidth = (int)Math.Clamp(Math.Round(height * aspectRatio), 1, width);
        var cropHeight = (int)Math.Clamp(Math.Round(width / aspectRatio), 1, height);
        return new RandomCrop((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
    }
}
