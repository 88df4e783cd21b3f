using Clip.Shared;

namespace Clip.Models;

/// <summary>The first layers of a NaFlex tower: pixels to tokens with positions, behind registers.</summary>
internal sealed class NaFlexPatches : nn.Module<Tensor, Tensor>
{
    private readonly NaFlexVisionConfig _config;

    [ComponentName(Name = "patch_embedding")] private readonly LinearLayer _projection;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "registers")] private Parameter? _registers;

    public NaFlexPatches(WeightFactory weights, NaFlexVisionConfig config)
        : base(nameof(NaFlexPatches))
    {
        _config = config;
        var (width, grid) = (config.Transformer.Width, config.PositionGrid);
        _projection = new LinearLayer(weights, 3L * config.PatchSize * config.PatchSize, width);
        _positions = weights.Sensitive(grid.Height, grid.Width, width);
        if (config.Registers > 0)
            _registers = weights.Sensitive(config.Registers, width);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _projection.Weight;

    public override Tensor forward(Tensor pixels) => Embed(pixels, GetPositions);

    /// <summary>The same with positions from elsewhere.</summary>
    /// <param name="pixels">[N, 3, H, W].</param>
    /// <param name="positions">Gives those of a grid of rows and columns, [h w, W].</param>
    /// <returns>[N, R + h w, W].</returns>
    public Tensor Embed(Tensor pixels, Func<long, long, Tensor> positions)
    {
        using var scope = NewDisposeScope();
        var (count, side) = (pixels.shape[0], _config.PatchSize);
        var (rows, columns) = (pixels.shape[2] / side, pixels.shape[3] / side);
        // A patch is a vector by row, column and channel.
        var patches = pixels.view(count, 3, rows, side, columns, side).permute(0, 2, 4, 3, 5, 1)
            .reshape(count, rows * columns, 3L * side * side);
        var embedded = _projection.call(patches);
        var tokens = embedded.Plus(positions(rows, columns).to(embedded.dtype));
        if (_registers is not null)
            tokens = cat([_registers.to(tokens.dtype).unsqueeze(0).expand(count, -1, -1), tokens], dim: 1);
        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>The positions of a grid, [h w, W]; resized where it is not their own.</summary>
    public Tensor GetPositions(long rows, long columns)
    {
        if (rows == _config.PositionGrid.Height && columns == _config.PositionGrid.Width)
            return _positions.flatten(0, 1);
        var grid = _positions.permute(2, 0, 1).unsqueeze(0);                                        // [1, W, g, g]
        var mode = _config.PositionInterpolation == PositionInterpolation.Bilinear ? InterpolationMode.Bilinear : InterpolationMode.Bicubic;
        return nn.functional.interpolate(grid, [rows, columns], mode: mode, align_corners: false, antialias: true)
            .squeeze(0).permute(1, 2, 0).reshape(rows * columns, -1);
    }

    /// <summary>Draws the weights as SigLIP does.</summary>
    public void InitializeAsSigLip()
    {
        LinearInitializer.Initialize(_projection);
        nn.init.normal_(_positions, std: 1 / Math.Sqrt(_config.Transformer.Width));
    }

    /// <summary>Draws positions and registers as timm does; the projection is drawn with the tower's linear layers.</summary>
    public void Initialize()
    {
        nn.init.normal_(_positions, std: TimmInitializer.Deviation);
        if (_registers is not null)
            nn.init.normal_(_registers, std: TimmInitializer.TokenDeviation);
    }
}
