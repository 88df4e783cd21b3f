using Mono.Cecil;

namespace Clip.Architecture.Tests;

/// <summary>What the members of TorchSharp do with the native numbers of <c>Scalar</c>s, by their IL.</summary>
public sealed class TorchScalars
{
    private const string Scalar = "TorchSharp.Scalar";

    // By full names: a reference to TorchSharp may be resolved to another copy of its definition.
    private readonly HashSet<string> _lettingGo = [];

    public TorchScalars(ModuleDefinition torch)
    {
        var types = torch.GetTypes().ToList();
        var bodies = types.SelectMany(type => type.Methods).Where(method => method.HasBody && !Makes(method)).ToList();
        var used = bodies.ToDictionary(method => method, method => Used(method).ToList());
        int before;
        do
        {
            before = _lettingGo.Count;
            _lettingGo.UnionWith(bodies.Where(method => used[method].Exists(other => Makes(other) || LetsGo(other))).Select(method => method.FullName));
            // Who has made such a module, distribution or iterator will call it by the name of its base.
            _lettingGo.UnionWith(
                from type in types
                where type.Methods.Any(method => method.IsVirtual && LetsGo(method))
                from constructor in type.Methods
                where constructor.IsConstructor && !constructor.IsStatic
                select constructor.FullName);
        }
        while (_lettingGo.Count > before);
    }

    /// <summary>The members of TorchSharp that a method refers to.</summary>
    public static IEnumerable<MethodDefinition> Used(MethodDefinition method) =>
        from instruction in method.HasBody ? method.Body.Instructions : []
        let reference = instruction.Operand as MethodReference
        where reference?.DeclaringType.GetElementType().Scope.Name is "TorchSharp" or "TorchSharp.dll"
        let definition = reference.Resolve()
        where definition is not null
        select definition;

    /// <summary>Whether a member gives its caller a new scalar.</summary>
    public static bool Makes(MethodDefinition member) =>
        member.ReturnType.FullName == Scalar || (member.IsConstructor && member.DeclaringType.FullName == Scalar);

    /// <summary>Whether a member makes a scalar that it does not give to its caller: a temporary one, as far as one can see.</summary>
    public bool LetsGo(MethodDefinition member) => _lettingGo.Contains(member.FullName);

    /// <summary>Whether a member takes a scalar, which its caller has to hold until it has returned.</summary>
    public static bool Takes(MethodDefinition member) => member.Parameters.Any(parameter => parameter.ParameterType.FullName == Scalar);
}
