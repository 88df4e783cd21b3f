// Fills the collection "probe" of the store in a folder, five records at a time, and prints the last key of each commit, until it is killed.

using System.Globalization;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;

using var store = new USearchVectorStore(args[0], new USearchVectorStoreOptions { ExactSearchLimit = 20 });
var notes = store.GetDynamicCollection("probe", new VectorStoreCollectionDefinition
{
    Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 8)],
});
await notes.EnsureCollectionExistsAsync();
for (var begin = 0; ; begin += 5)
{
    await notes.UpsertAsync(Enumerable.Range(begin, 5).Select(id => new Dictionary<string, object?>
    {
        ["Id"] = id,
        ["Vector"] = Enumerable.Range(1, 8).Select(place => MathF.Sin(id * place + 1)).ToArray(),
    }));
    await Console.Out.WriteLineAsync((begin + 4).ToString(CultureInfo.InvariantCulture));
}
