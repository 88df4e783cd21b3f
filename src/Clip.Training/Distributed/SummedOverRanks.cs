namespace Clip.Training.Distributed;

/// <summary>The sum of a tensor over all ranks, in a graph: each rank's part has the gradients that all ranks give to the sum.</summary>
internal sealed class SummedOverRanks : autograd.SingleTensorFunction<SummedOverRanks>
{
    private const string GroupKey = "group";

    public override string Name => nameof(SummedOverRanks);

    /// <summary>Adds a tensor up.</summary>
    /// <param name="own">This rank's part, in float32.</param>
    /// <param name="group">The ranks, which all call this, and all or none of which run backward.</param>
    public static Tensor Of(Tensor own, IProcessGroup group) => apply(own, group);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (own, group) = ((Tensor)vars[0], (IProcessGroup)vars[1]);
        ctx.save_data(GroupKey, group);
        return Sum(own, group);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        [Sum(grad_output, (IProcessGroup)ctx.get_data(GroupKey)), null!];

    private static Tensor Sum(Tensor own, IProcessGroup group)
    {
        using var noGradients = no_grad();
        var sum = own.detach().clone().contiguous();
        group.AllReduceAsync(sum).GetAwaiter().GetResult();
        return sum;
    }
}
