using Mono.Cecil;

namespace Clip.Architecture.Tests;

/// <summary>
/// A number goes to libtorch by the address of a <c>Scalar</c>, which its finalizer frees. TorchSharp's operators let go of theirs before libtorch has read
/// them, so another thread's garbage collection may free them: packages use <c>TensorArithmetic</c> (src/Shared), which holds them.
/// </summary>
public sealed class ScalarLifetimeTests(BuiltAssemblies built) : IClassFixture<BuiltAssemblies>
{
    private const string Arithmetic = "Clip.Shared.TensorArithmetic";

    // A caller, what it may call, and why.
    private static readonly (string Caller, string Callee, string Reason)[] Exceptions =
    [
        ("Clip.Kernels.OneDnn.TorchScript.Call", "ScriptModule.invoke", "It is given scalars that Call holds, and makes none of its own."),
        ("Clip.Kernels.OneDnn.TorchScript/", "Scalar.op_Implicit", "Call disposes of them when the method has returned."),
        ("Clip.Models.MapBatchNorm..ctor", "BatchNorm..ctor", "Only the pass makes a scalar, and MapBatchNorm has its own."),
    ];

    private readonly TorchScalars _scalars = new(built.Torch);

    [Fact]
    public void Packages_CallingTorchSharp_HoldTheirScalars()
    {
        var sites = from site in Sites().Distinct()
                    where !Exceptions.Any(exception => IsAt(site, exception.Caller, exception.Callee))
                    select $"{site.Caller} calls {site.Callee}";
        var list = string.Join('\n', sites);

        Assert.True(list.Length == 0, "Scalars may be freed before they are read; src/Shared/TensorArithmetic.cs has forms that hold them:\n" + list);
    }

    [Fact]
    public void Exceptions_AllOfThem_AreNeeded()
    {
        var sites = Sites().ToList();

        Assert.All(Exceptions, exception => Assert.Contains(sites, site => IsAt(site, exception.Caller, exception.Callee)));
    }

    [Fact]
    public void Arithmetic_MakingScalars_DisposesOfEach()
    {
        var methods = built.Packages.SelectMany(package => package.GetTypes()).Where(type => type.FullName == Arithmetic)
            .SelectMany(type => type.Methods).Where(method => !(method.IsConstructor && method.IsStatic)).ToList();

        Assert.NotEmpty(methods);
        Assert.All(methods, method =>
        {
            Assert.DoesNotContain(TorchScalars.Used(method), _scalars.LetsGo);
            var disposals = method.Body.Instructions.Count(instruction => instruction.Operand is MethodReference { Name: "Dispose" });
            Assert.Equal(TorchScalars.Used(method).Count(TorchScalars.Makes), disposals);
        });
    }

    [Theory]
    [InlineData("torch/Tensor", "op_Addition", 2, true)]
    [InlineData("torch/Tensor", "square", 0, true)]
    [InlineData("torch/Tensor", "add_", 1, true)]
    [InlineData("torch", "arange", 4, true)]
    [InlineData("torch/nn", "BatchNorm2d", 7, true)]
    [InlineData("TensorExtensionMethods", "ToInt64", 1, true)]
    [InlineData("torch/Tensor", "neg", 0, false)]
    [InlineData("torch/nn", "LayerNorm", 6, false)]
    public void LetsGo_OfWhatIsKnown_SaysSo(string type, string name, int parameters, bool expected)
    {
        var members = built.Torch.GetTypes().Single(candidate => candidate.FullName == "TorchSharp." + type)
            .Methods.Where(method => method.Name == name && method.Parameters.Count == parameters).ToList();

        Assert.NotEmpty(members);
        Assert.All(members, member => Assert.Equal(expected, _scalars.LetsGo(member)));
    }

    private static bool IsAt((string Caller, string Callee) site, string caller, string callee) =>
        site.Caller.StartsWith(caller, StringComparison.Ordinal) && site.Callee == callee;

    private IEnumerable<(string Caller, string Callee)> Sites() =>
        from package in built.Packages
        from type in package.GetTypes()
        where type.FullName != Arithmetic
        from method in type.Methods
        from member in TorchScalars.Used(method)
        where TorchScalars.Makes(member) || TorchScalars.Takes(member) || _scalars.LetsGo(member)
        select ($"{type.FullName}.{method.Name}", $"{member.DeclaringType.Name}.{member.Name}");
}
