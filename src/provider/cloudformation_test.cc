// Templates as text: what is understood, and what hostile ones run into.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "provider/cloudformation_evaluate.h"
#include "provider/cloudformation_template.h"
#include "provider/cloudformation_yaml.h"

namespace scv::provider::cloudformation {
namespace {

std::string Parsed(std::string_view text) {
  const auto parsed = ParseText(text);
  return parsed ? boost::json::serialize(*parsed) : "error: " + parsed.error().message;
}

std::string Why(std::string_view text) {
  const auto read = ReadTemplate(text);
  return read ? "" : read.error().message;
}

// A template of one health check, with more sections before it.
std::string Around(const std::string& sections, const std::string& port = "443") {
  return sections +
         "\nResources:\n  Up:\n    Type: AWS::Route53::HealthCheck\n    Properties:\n"
         "      HealthCheckConfig: {Type: TCP, IPAddress: 192.0.2.1, Port: " +
         port + "}\n";
}

TEST(CloudFormationText, IsYamlWithShortTagsOrJson) {
  EXPECT_EQ(Parsed("a: !Ref b\nc: [1, true, 'x', \"y\"]"),
            R"({"a":{"Ref":"b"},"c":["1","true","x","y"]})");
  EXPECT_EQ(Parsed("a: !GetAtt One.Two.Three"), R"({"a":{"Fn::GetAtt":["One","Two.Three"]}})");
  EXPECT_EQ(Parsed("a: !If [c, !Sub '${x}', !Ref AWS::NoValue]"),
            R"({"a":{"Fn::If":["c",{"Fn::Sub":"${x}"},{"Ref":"AWS::NoValue"}]}})");
  EXPECT_EQ(Parsed(R"({"a": {"Ref": "b"}, "n": 10})"), R"({"a":{"Ref":"b"},"n":"10"})");
  EXPECT_EQ(Parsed("a: !Condition b"), R"({"a":{"Condition":"b"}})");
}

TEST(CloudFormationText, RefusesWhatCloudFormationDoesNotKnow) {
  EXPECT_NE(Parsed("a: &x 1\nb: *x").find("anchor"), std::string::npos);
  EXPECT_NE(Parsed("a: !Exec 'rm'").find("tag !Exec"), std::string::npos);
  EXPECT_NE(Parsed("a: !!python/object x").find("error"), std::string::npos);
  EXPECT_NE(Parsed("a: 1\na: 2").find("twice"), std::string::npos);
  EXPECT_NE(Parsed("a:\nb: 1").find("empty value"), std::string::npos);
  EXPECT_NE(Parsed("--- a: 1\n--- b: 2").find("error"), std::string::npos);
  EXPECT_NE(Parsed("a: [1, 2").find("line"), std::string::npos);
  EXPECT_NE(Parsed("? [a, b]\n: 1").find("key"), std::string::npos);
  EXPECT_NE(Parsed("").find("nothing"), std::string::npos);
  EXPECT_NE(Parsed(std::string("a: b\0c", 6)).find("error"), std::string::npos);
}

TEST(CloudFormationText, HasLimits) {
  EXPECT_NE(Parsed(std::string(kTextMax + 1, 'a')).find("51,200"), std::string::npos);
  EXPECT_NE(Parsed(std::string(100, '[') + std::string(100, ']')).find("deep"), std::string::npos)
      << Parsed(std::string(100, '[') + std::string(100, ']'));
  EXPECT_NE(Parsed(std::string(50'000, '[')).find("error"), std::string::npos);
  EXPECT_NE(Parsed(std::string(25'000, '[') + std::string(25'000, ']')).find("error"),
            std::string::npos);
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [*" + before + ", *" + before + "]\n";
  }
  EXPECT_NE(Parsed(bomb).find("anchor"), std::string::npos);
  std::string many = "[";
  for (int i = 0; i < 21'000; ++i) many += "1,";
  EXPECT_NE(Parsed(many + "1]").find("20,000"), std::string::npos);
}

TEST(CloudFormationTemplate, NamesWhatTheLabDoesNotSupport) {
  EXPECT_EQ(Why(Around("Description: x")), "");
  const auto zone = Why("Resources: {Z: {Type: AWS::Route53::HostedZone}}");
  EXPECT_NE(zone.find("AWS::Route53::HostedZone"), std::string::npos);
  EXPECT_NE(zone.find("AWS::Route53::RecordSetGroup"), std::string::npos);
  EXPECT_NE(Why("Resources: {B: {Type: Bucket}}").find("the type Bucket"), std::string::npos);
  EXPECT_NE(Why(Around("Transform: AWS::Serverless-2016-10-31")).find("of their own"),
            std::string::npos);
  EXPECT_NE(Why(Around("Hooks: {}")).find("Hooks"), std::string::npos);
  EXPECT_NE(Why(Around("", "!ImportValue x")).find("as a parameter"), std::string::npos);
  EXPECT_NE(Why(Around("", "!Transform {Name: AWS::Include}")).find("no macro"), std::string::npos);
  EXPECT_NE(Why(Around("", "{'Fn::Length': [a]}")).find("Fn::Length; only Ref"), std::string::npos);
  EXPECT_NE(Why("Resources: {}").find("no Resources"), std::string::npos);
  EXPECT_NE(Why("[1]").find("map"), std::string::npos);
}

TEST(CloudFormationTemplate, TakesTypesThatItOnlyRecords) {
  const std::string recorded =
      "Transform: [AWS::Serverless-2016-10-31]\n"
      "Parameters: {Key: {Type: String, NoEcho: true}}\n"
      "Resources:\n"
      "  Function: {Type: AWS::Serverless::Function, Metadata: {Any: !Ref Role}, DependsOn: Role}\n"
      "  Role: {Type: AWS::IAM::Role, DeletionPolicy: Retain, UpdateReplacePolicy: Snapshot}\n"
      "  Mine: {Type: 'Custom::Make_it@once', CreationPolicy: {ResourceSignal: {Count: 1}}, "
      "Properties: {Key: !Ref Key, Role: !GetAtt Role.Arn}}\n"
      "Outputs: {O: {Value: !Ref Mine, Export: {Name: mine}}}\n";
  EXPECT_EQ(Why(recorded), "");
  const auto source = ReadTemplate(recorded);
  ASSERT_TRUE(source);
  for (const auto& resource : source->resources) EXPECT_TRUE(resource.recorded) << resource.name;
  EXPECT_NE(Why(Around("", "!Ref Key") + "Parameters: {Key: {Type: String, NoEcho: true}}\n")
                .find("NoEcho hides"),
            std::string::npos);
  EXPECT_NE(Why("Resources: {R: {Type: AWS::IAM::Role, Colour: red}}").find("Colour"),
            std::string::npos);
  EXPECT_NE(Why("Resources: {A: {Type: AWS::X::Y, Properties: {P: !Ref B}}, "
                "B: {Type: AWS::X::Y, Properties: {P: !GetAtt A.Arn}}}")
                .find("circle"),
            std::string::npos);
  EXPECT_NE(Why("Resources: {R: {Type: AWS::Route53::RecordSet, DeletionPolicy: Retain}}")
                .find("must be Delete"),
            std::string::npos);
}

TEST(CloudFormationTemplate, HasLimits) {
  const auto many = [](const std::string& section, int count, const std::string& entry) {
    std::string text = section + ": {";
    for (int i = 0; i < count; ++i) text += "N" + std::to_string(i) + ": " + entry + ",";
    return text + "}\n";
  };
  const std::string resource = "{Type: AWS::X::Y}";
  const auto one = "Resources: {R: " + resource + "}\n";
  EXPECT_EQ(Why(many("Resources", 500, resource)), "");
  EXPECT_NE(Why(many("Resources", 501, resource)).find("500 Resources"), std::string::npos);
  EXPECT_NE(Why(one + many("Parameters", 201, "{Type: String}")).find("200 Parameters"),
            std::string::npos);
  EXPECT_NE(Why(one + many("Outputs", 201, "{Value: x}")).find("200 Outputs"), std::string::npos);
  EXPECT_NE(Why(one + many("Mappings", 201, "{a: {b: c}}")).find("200 Mappings"),
            std::string::npos);
  EXPECT_NE(Why(one + "Mappings: {M: {a: b}}").find("map of maps"), std::string::npos);
}

TEST(CloudFormationTemplate, FindsEveryReferenceThatLeadsNowhere) {
  EXPECT_NE(Why(Around("", "!Ref Nobody")).find("Nobody"), std::string::npos);
  EXPECT_NE(Why(Around("", "!Sub '${Nobody}'")).find("Nobody"), std::string::npos);
  EXPECT_NE(Why(Around("", "!If [Nobody, 1, 2]")).find("Nobody"), std::string::npos);
  EXPECT_NE(Why(Around("", "!GetAtt Up.Arn")).find("no attribute Arn"), std::string::npos);
  EXPECT_NE(Why(Around("", "!GetAtt [Up]")).find("Fn::GetAtt"), std::string::npos);
  EXPECT_NE(Why(Around("Conditions: {C: !Equals [!Ref Up, 1]}")).find("resource"),
            std::string::npos);
  EXPECT_NE(Why(Around("Outputs: {O: {Value: !Ref Nobody}}")).find("Nobody"), std::string::npos);
}

TEST(CloudFormationTemplate, RefusesCircles) {
  EXPECT_NE(Why(Around("", "!Ref Up")).find("circle"), std::string::npos);
  EXPECT_NE(Why(Around("Conditions: {A: !Condition B, B: !Not [!Condition A]}")).find("itself"),
            std::string::npos);
  EXPECT_NE(Why("Resources:\n"
                "  A: {Type: AWS::Route53::HealthCheck, DependsOn: B}\n"
                "  B: {Type: AWS::Route53::HealthCheck, DependsOn: [A]}\n")
                .find("circle: A, B"),
            std::string::npos);
}

// --- Functions -----------------------------------------------------------------------------------

std::string Evaluated(const std::string& value, const std::string& conditions = "{}") {
  const auto source = ReadTemplate("Conditions: " + conditions + "\n" +
                                   Around("Parameters: {P: {Type: String, Default: p}, "
                                          "L: {Type: CommaDelimitedList, Default: 'a,b'}}\n"
                                          "Mappings: {M: {one: {two: x, three: [y, z]}}}\n"
                                          "Outputs: {O: {Value: " +
                                          value + "}}"));
  if (!source) return "error: " + source.error().message;
  const Scope scope{.values = {{"P", "p"}, {"L", {"a", "b"}}, {"AWS::Region", "us-east-1"}},
                    .hidden = {"P"},
                    .resources = {{"Up", {{"Ref", "id-1"}, {"HealthCheckId", "id-1"}}}},
                    .recorded = {}};
  Evaluator evaluator(*source, scope);
  const auto result = evaluator.Evaluate(source->outputs.at("O").value);
  return result ? boost::json::serialize(*result) : "error: " + result.error().message;
}

TEST(CloudFormationFunctions, GiveTexts) {
  EXPECT_EQ(Evaluated("!Ref P"), R"("p")");
  EXPECT_EQ(Evaluated("!GetAtt Up.HealthCheckId"), R"("id-1")");
  EXPECT_EQ(Evaluated("!Sub '${P}.${Up.HealthCheckId}.${AWS::Region}.${!Kept}'"),
            R"("p.id-1.us-east-1.${Kept}")");
  EXPECT_EQ(Evaluated("!Sub ['${P}-${Own}', {Own: !Ref P}]"), R"("p-p")");
  EXPECT_EQ(Evaluated("!Join ['-', [a, !Ref P, c]]"), R"("a-p-c")");
  EXPECT_EQ(Evaluated("!Join ['', [!If [C, a, !Ref AWS::NoValue], b]]", "{C: !Equals [1, 2]}"),
            R"("b")");
}

TEST(CloudFormationFunctions, TakeListsApartAndLookThingsUp) {
  EXPECT_EQ(Evaluated("!Ref L"), R"(["a","b"])");
  EXPECT_EQ(Evaluated("!Join ['/', !Ref L]"), R"("a/b")");
  EXPECT_EQ(Evaluated("!Select [1, !Ref L]"), R"("b")");
  EXPECT_EQ(Evaluated("!Select [1, [x, !Ref P]]"), R"("p")");
  EXPECT_EQ(Evaluated("!Split [',', 'a,,b']"), R"(["a","","b"])");
  EXPECT_EQ(Evaluated("!Select [0, !Split ['-', !Ref AWS::Region]]"), R"("us")");
  EXPECT_EQ(Evaluated("!FindInMap [M, one, two]"), R"("x")");
  EXPECT_EQ(Evaluated("!Select [1, !FindInMap [M, !Select [0, [one]], three]]"), R"("z")");
  EXPECT_EQ(Evaluated("!Select [0, !GetAZs '']"), R"("us-east-1a")");
  EXPECT_EQ(Evaluated("!Cidr [10.0.0.0/16, 2, 8]"), R"(["10.0.0.0/24","10.0.1.0/24"])");
  EXPECT_EQ(Evaluated("!Base64 hello"), R"("aGVsbG8=")");
  EXPECT_EQ(Evaluated("{'Fn::GetAtt': Up.HealthCheckId}"), R"("id-1")");
}

TEST(CloudFormationFunctions, SayWhatIsWrongWithTheirArguments) {
  EXPECT_NE(Evaluated("!Select [2, !Ref L]").find("select 2 of a list of 2"), std::string::npos);
  EXPECT_NE(Evaluated("!Select [x, !Ref L]").find("whole number"), std::string::npos);
  EXPECT_NE(Evaluated("!Select [0, !Ref P]").find("wants a list"), std::string::npos);
  EXPECT_NE(Evaluated("!Sub '${L}'").find("is a list"), std::string::npos);
  for (const auto* wrong : {"[10.0.0.0/16, 257, 1]", "[10.0.0.0/24, 2, 8]", "[10.0.0.0/24, 0, 1]",
                            "[here, 1, 1]", "[0.0.0.0/0, 1, 32]", "[10.0.0.0/16, 1]"}) {
    EXPECT_NE(Evaluated("!Cidr " + std::string(wrong)).find("Fn::Cidr: wants"), std::string::npos)
        << wrong;
  }
  EXPECT_NE(Evaluated("!Split ['', x]").find("Fn::Split"), std::string::npos);
  EXPECT_NE(Evaluated("!FindInMap [N, one, two]").find("no mapping N"), std::string::npos);
  EXPECT_NE(Evaluated("!FindInMap [M, one]").find("two keys"), std::string::npos);
  EXPECT_NE(Evaluated("!FindInMap [M, one, four]").find("as four"), std::string::npos);
  const auto hidden = Evaluated("!FindInMap [M, one, !Ref P]");
  EXPECT_NE(hidden.find("no such key"), std::string::npos);
  EXPECT_EQ(hidden.find("key as"), std::string::npos) << "it may be a secret";
}

TEST(CloudFormationFunctions, HideWhatNoEchoHides) {
  const auto source = ReadTemplate(
      "Parameters:\n  P: {Type: String, NoEcho: true}\n"
      "Conditions: {C: !Equals [!Ref P, secret]}\n"
      "Resources: {T: {Type: AWS::SNS::Topic}}\n"
      "Outputs: {O: {Value: !Join ['', [!If [C, yes, no], !Sub '-${P}-', !Base64 {Ref: P}]]}}\n");
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_TRUE(source->parameters.at("P").hidden);
  const Scope scope{.values = {{"P", "secret"}}, .hidden = {"P"}, .resources = {}, .recorded = {}};
  Evaluator evaluator(*source, scope);
  const auto& value = source->outputs.at("O").value;
  EXPECT_EQ(*evaluator.EvaluateShown(value), "yes-****-KioqKg==");
  EXPECT_EQ(*evaluator.Evaluate(value), "yes-secret-c2VjcmV0");
}

TEST(CloudFormationFunctions, DecideConditions) {
  const std::string conditions =
      "{Yes: !Equals [!Ref P, p], No: !Not [!Condition Yes], "
      "Both: !And [!Condition Yes, !Condition No], One: !Or [!Condition Yes, !Condition No]}";
  for (const auto& [name, holds] :
       {std::pair{"Yes", true}, {"No", false}, {"Both", false}, {"One", true}}) {
    EXPECT_EQ(Evaluated("!If [" + std::string(name) + ", a, b]", conditions),
              holds ? R"("a")" : R"("b")")
        << name;
  }
  EXPECT_NE(Evaluated("!If [C, a, b]", "{C: !Equals [1]}").find("two values"), std::string::npos);
  EXPECT_NE(Evaluated("!If [C, a, b]", "{C: !Not [!Condition D, !Condition D], D: !Equals [1, 1]}")
                .find("one condition"),
            std::string::npos);
  EXPECT_NE(Evaluated("!If [C, a, b]", "{C: [1]}").find("error"), std::string::npos);
}

TEST(CloudFormationFunctions, DoNotGrowWithoutLimit) {
  std::string text = "'" + std::string(1000, 'x') + "'";
  std::string nested = text;
  for (int i = 0; i < 12; ++i) {
    nested = "!Sub ['${A}${A}', {A: " + nested + "}]";
  }
  EXPECT_NE(Evaluated(nested).find("4 MiB"), std::string::npos);
  EXPECT_NE(Evaluated("!Join [!Ref P, [a]]").find("Fn::Join"), std::string::npos);
  EXPECT_NE(Evaluated("!Equals [a, a]").find("Conditions"), std::string::npos);
  EXPECT_NE(Evaluated("!Sub '${P'").find("not closed"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider::cloudformation
