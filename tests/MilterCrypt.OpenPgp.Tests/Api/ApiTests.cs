using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;
using PublicApiGenerator;

namespace MilterCrypt.OpenPgp.Tests.Api;

public sealed class ApiTests
{
    [Fact]
    public void ThePublicApiIsTheOneThatWasAgreedOn()
    {
        string? difference = ApiSnapshot.Difference(
            "tests/MilterCrypt.OpenPgp.Tests/Api/MilterCrypt.OpenPgp.txt",
            typeof(Certificate).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }));

        Assert.True(difference is null, difference);
    }
}
