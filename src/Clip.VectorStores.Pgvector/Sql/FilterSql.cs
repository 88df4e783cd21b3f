using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.Extensions.VectorData.ProviderServices;
using Microsoft.Extensions.VectorData.ProviderServices.Filter;
using NpgsqlTypes;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>Filters to SQL that means the same: comparisons with null are false and not unknown where that makes a difference.</summary>
internal sealed class FilterSql : FilterTranslatorBase
{
    private readonly SqlText _sql;

    private FilterSql(SqlText sql) => _sql = sql;

    /// <summary>Adds a filter, in parentheses.</summary>
    /// <param name="sql">Where to.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="model">The records' properties.</param>
    /// <exception cref="NotSupportedException">It has a part that has no SQL.</exception>
    public static void Add(SqlText sql, LambdaExpression filter, CollectionModel model)
    {
        var translator = new FilterSql(sql);
        translator.Condition(translator.PreprocessFilter(filter, model, new FilterPreprocessingOptions()));
    }

    private void Condition(Expression node)
    {
        switch (node)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso } and:
                Join(and, " AND ");
                break;
            case BinaryExpression { NodeType: ExpressionType.OrElse } or:
                Join(or, " OR ");
                break;
            case BinaryExpression comparison:
                Comparison(comparison);
                break;
            case UnaryExpression { NodeType: ExpressionType.Not } not:
                Not(() => Condition(not.Operand));
                break;
            case UnaryExpression { NodeType: ExpressionType.Convert } convert when convert.Type == typeof(bool) && TryProperty(node, out var flag):
                _sql.Add(TableSql.Column(flag));
                break;
            case MethodCallExpression call:
                Call(call);
                break;
            default:
                if (TryProperty(node, out var property) && (Nullable.GetUnderlyingType(property.Type) ?? property.Type) == typeof(bool))
                    _sql.Add(TableSql.Column(property));
                else if (TryValue(node, out var value) && value is bool truth)
                    _sql.Add(truth ? "TRUE" : "FALSE");
                else
                    throw Unsupported(node);
                break;
        }
    }

    private void Join(BinaryExpression node, string with)
    {
        _sql.Add("(");
        Condition(node.Left);
        _sql.Add(with);
        Condition(node.Right);
        _sql.Add(")");
    }

    private void Not(Action condition)
    {
        _sql.Add("(NOT COALESCE(");
        condition();
        _sql.Add(", FALSE))");
    }

    private void Comparison(BinaryExpression node)
    {
        var comparison = node.NodeType switch
        {
            ExpressionType.Equal => "=",
            ExpressionType.NotEqual => "IS DISTINCT FROM",
            ExpressionType.LessThan => "<",
            ExpressionType.LessThanOrEqual => "<=",
            ExpressionType.GreaterThan => ">",
            ExpressionType.GreaterThanOrEqual => ">=",
            _ => throw Unsupported(node),
        };
        var isLeft = TryProperty(node.Left, out var property);
        if (!isLeft && !TryProperty(node.Right, out property))
            throw Unsupported(node);
        var other = isLeft ? node.Right : node.Left;
        _sql.Add("(");
        if (TryProperty(other, out var second))
        {
            _sql.Add($"{TableSql.Column(property!)} {(node.NodeType == ExpressionType.Equal ? "IS NOT DISTINCT FROM" : comparison)} {TableSql.Column(second)}");
        }
        else
        {
            if (!TryValue(other, out var value))
                throw Unsupported(other);
            if (value is null)
            {
                _sql.Add(node.NodeType switch
                {
                    ExpressionType.Equal => $"{TableSql.Column(property!)} IS NULL",
                    ExpressionType.NotEqual => $"{TableSql.Column(property!)} IS NOT NULL",
                    _ => "FALSE",
                });
            }
            else if (isLeft)
            {
                AddValue(_sql.Add($"{TableSql.Column(property!)} {comparison} "), property!, value, node);
            }
            else
            {
                AddValue(_sql, property!, value, node);
                _sql.Add($" {comparison} {TableSql.Column(property!)}");
            }
        }
        _sql.Add(")");
    }

    private void Call(MethodCallExpression call)
    {
        if (call.Method.DeclaringType == typeof(string) && call.Object is { } text && TryProperty(text, out var column))
            TextCall(call, column);
        else if (call.Method.DeclaringType != typeof(string) && TryMatchContains(call, out var source, out var item))
            Contains(call, source!, item!);
        else
            throw Unsupported(call);
    }

    private void TextCall(MethodCallExpression call, PropertyModel column)
    {
        if (call.Arguments.Count == 0 || !TryValue(call.Arguments[0], out var value) || value is not string part)
            throw Unsupported(call);
        // Without a StringComparison, Contains is ordinal and the others follow a culture, which SQL does not.
        var isOrdinal = call.Arguments.Count == 1 ? call.Method.Name == nameof(string.Contains)
            : call.Arguments.Count == 2 && TryValue(call.Arguments[1], out var comparison) && comparison is StringComparison.Ordinal;
        if (!isOrdinal)
            throw Unsupported(call, " StringComparison.Ordinal has a translation.");
        var parameter = _sql.Parameter(part, NpgsqlDbType.Text);
        _sql.Add(call.Method.Name switch
        {
            nameof(string.Contains) => $"(strpos({TableSql.Column(column)}, {parameter}) > 0)",
            nameof(string.StartsWith) => $"starts_with({TableSql.Column(column)}, {parameter})",
            nameof(string.EndsWith) => $"(right({TableSql.Column(column)}, length({parameter})) = {parameter})",
            nameof(string.Equals) => $"({TableSql.Column(column)} = {parameter})",
            _ => throw Unsupported(call),
        });
    }

    private void Contains(MethodCallExpression call, Expression source, Expression item)
    {
        if (TryProperty(source, out var list))
        {
            if (!TryValue(item, out var wanted) || wanted is not string text)
                throw Unsupported(call);
            _sql.Add("(").Add(text, NpgsqlDbType.Text).Add($" = ANY ({TableSql.Column(list)}))");
            return;
        }
        if (!TryProperty(item, out var property) || !TryValue(source, out var values) || values is not IEnumerable several)
            throw Unsupported(call);
        var all = several.Cast<object?>().ToArray();
        var given = all.Where(value => value is not null).ToArray();
        _sql.Add("(");
        if (given.Length == 0)
            _sql.Add("FALSE");
        else
            _sql.Add($"{TableSql.Column(property)} IN (");
        foreach (var (place, value) in given.Index())
            AddValue(place == 0 ? _sql : _sql.Add(", "), property, value!, call);
        _sql.Add(given.Length == 0 ? "" : ")").Add(given.Length < all.Length ? $" OR {TableSql.Column(property)} IS NULL)" : ")");
    }

    private static void AddValue(SqlText sql, PropertyModel property, object value, Expression node)
    {
        var wanted = Nullable.GetUnderlyingType(property.Type) ?? property.Type;
        // C# widens what is compared: a short's constant is an int.
        if (value.GetType() != wanted && value is IConvertible && typeof(IConvertible).IsAssignableFrom(wanted))
            sql.Add(Widened(value, node), value is float or double ? NpgsqlDbType.Double : NpgsqlDbType.Numeric);
        else if (value.GetType() != wanted)
            throw Unsupported(node);
        else
            sql.Add(ColumnType.Of(wanted).ToParameter(value), ColumnType.Of(wanted).DbType);
    }

    private static object Widened(object value, Expression node) => value switch
    {
        float or double => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        byte or sbyte or short or ushort or int or uint or long or ulong or decimal => Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw Unsupported(node),
    };

    private bool TryProperty(Expression node, [NotNullWhen(true)] out PropertyModel? property)
    {
        // Conversions to wider or nullable types compare the same.
        while (!TryBindProperty(node, out property) && node is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert)
            node = convert.Operand;
        if (property is VectorPropertyModel)
            throw new NotSupportedException($"A filter cannot ask about the vector '{property.ModelName}'.");
        return property is not null;
    }

    private bool TryValue(Expression node, out object? value)
    {
        value = null;
        if (node is ConstantExpression constant)
        {
            value = constant.Value;
            return true;
        }
        if (Mentions.Record(node, RecordParameter))
            return false;
        // Spans are no values; what they are made of is.
        if (node is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var inner] } && node.Type.IsByRefLike)
            return TryValue(inner, out value);
        value = Expression.Lambda<Func<object?>>(Expression.Convert(node, typeof(object))).Compile()();
        return true;
    }

    private static NotSupportedException Unsupported(Expression node, string more = "") =>
        new($"The part '{node}' ({node.NodeType}) of a filter has no translation to SQL.{more} Filters have comparisons of properties with values, &&, ||, !, Contains, and StartsWith and EndsWith of texts.");

    private sealed class Mentions(ParameterExpression? record) : ExpressionVisitor
    {
        private bool _found;

        public static bool Record(Expression node, ParameterExpression? record)
        {
            var visitor = new Mentions(record);
            visitor.Visit(node);
            return visitor._found;
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            _found |= record is null || node == record;
            return node;
        }
    }
}
