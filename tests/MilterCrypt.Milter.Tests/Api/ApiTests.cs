using MilterCrypt.TestSupport;
using PublicApiGenerator;

namespace MilterCrypt.Milter.Tests.Api;

public sealed class ApiTests
{
    [Fact]
    public void ThePublicApiIsTheOneThatWasAgreedOn()
    {
        string? difference = ApiSnapshot.Difference(
            "tests/MilterCrypt.Milter.Tests/Api/MilterCrypt.Milter.txt",
            typeof(IMailFilter).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }));

        Assert.True(difference is null, difference);
    }
}
