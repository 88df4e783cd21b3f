using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clip.Preprocessing.Sources;

/// <summary>Writes what tells an image from others. By its properties, two images of one name would be the same to a cache.</summary>
internal sealed class ImageSourceConverter : JsonConverter<ImageSource>
{
    public override bool CanConvert(Type typeToConvert) => typeof(ImageSource).IsAssignableFrom(typeToConvert);

    public override void Write(Utf8JsonWriter writer, ImageSource value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.GetContentKey() ?? throw new NotSupportedException(
            $"The image '{value.Name}' cannot be told from others without reading it, so it has no place in a cache: hand over its bytes."));

    public override ImageSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("An image is not read from JSON: its JSON tells it from others and does not hold it.");
}
