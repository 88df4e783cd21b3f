using Cloud.Unum.USearch;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.USearch;

/// <summary>What fails on the disk, as the exception of the abstractions.</summary>
internal static class Failures
{
    /// <summary>Does something.</summary>
    /// <param name="store">The store's folder.</param>
    /// <param name="collection">The collection; null where it is about the store.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="action">Does it.</param>
    /// <exception cref="VectorStoreException">A file cannot be read or written, or is damaged.</exception>
    public static void Wrap(string store, string? collection, string operation, Action action) => Wrap(store, collection, operation, () =>
    {
        action();
        return true;
    });

    /// <summary>Does something that has a result.</summary>
    /// <param name="store">The store's folder.</param>
    /// <param name="collection">The collection; null where it is about the store.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="action">Does it.</param>
    /// <exception cref="VectorStoreException">A file cannot be read or written, or is damaged.</exception>
    public static T Wrap<T>(string store, string? collection, string operation, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or USearchException)
        {
            throw Of(store, collection, operation, e.Message, e);
        }
    }

    /// <summary>The exception.</summary>
    /// <param name="store">The store's folder.</param>
    /// <param name="collection">The collection; null where it is about the store.</param>
    /// <param name="operation">What was done.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="inner">What it comes from.</param>
    public static VectorStoreException Of(string store, string? collection, string operation, string message, Exception? inner = null) => new(message, inner)
    {
        VectorStoreSystemName = USearchVectorStore.SystemName,
        VectorStoreName = store,
        CollectionName = collection,
        OperationName = operation,
    };
}
