using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>A statement while it is put together. Values are parameters, always.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _text = new();
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>Appends SQL.</summary>
    /// <param name="sql">Keywords, operators and quoted names.</param>
    public SqlText Add(string sql)
    {
        _text.Append(sql);
        return this;
    }

    /// <summary>Appends a parameter.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its type.</param>
    public SqlText Add(object? value, NpgsqlDbType type)
    {
        _text.Append(Parameter(value, type));
        return this;
    }

    /// <summary>A parameter to be named in several places.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its type.</param>
    public string Parameter(object? value, NpgsqlDbType type)
    {
        _parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>The statement.</summary>
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(_text.ToString());
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
        return command;
    }
}
