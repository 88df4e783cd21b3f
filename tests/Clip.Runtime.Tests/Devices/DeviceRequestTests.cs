using Clip.Runtime.Devices;

namespace Clip.Runtime.Tests.Devices;

public sealed class DeviceRequestTests
{
    [Theory]
    [InlineData("auto", null, 0)]
    [InlineData("CPU", DeviceType.CPU, 0)]
    [InlineData("cuda", DeviceType.CUDA, 0)]
    [InlineData("Cuda:0", DeviceType.CUDA, 0)]
    [InlineData("cuda:12", DeviceType.CUDA, 12)]
    [InlineData("MPS", DeviceType.MPS, 0)]
    public void Parse_AcceptedName_InAnyCase(string device, DeviceType? type, int index) =>
        Assert.Equal(new DeviceRequest(type, index), DeviceRequest.Parse(device));

    [Theory]
    [InlineData("")]
    [InlineData(" cpu")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1.0")]
    [InlineData("cuda:99999999999")]
    [InlineData("mps:0")]
    [InlineData("cpu:0")]
    public void Parse_AnythingElse_ListsWhatIsAccepted(string device)
    {
        var exception = Assert.Throws<ArgumentException>(() => DeviceRequest.Parse(device));

        Assert.StartsWith($"The device is \"auto\", \"cpu\", \"cuda\", \"cuda:1\" (any index) or \"mps\", but was \"{device}\".", exception.Message);
    }

    [Fact]
    public void Parse_Null_ThrowsArgumentNullException() =>
        Assert.Throws<ArgumentNullException>(() => DeviceRequest.Parse(null!));
}
