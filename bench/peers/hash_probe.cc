// What a hash table alone takes for the keys of bench/lookup.py: finds NUMBER random ones among the
// numbers below ROWS, as texts, and prints the nanoseconds of a search.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto rows = static_cast<std::uint32_t>(std::atoi(arguments[1]));
  std::unordered_map<std::string, std::uint32_t> table;
  table.reserve(rows);
  for (std::uint32_t row = 0; row < rows; ++row) table.emplace(std::to_string(row), row);
  std::mt19937 random(1);
  std::vector<std::string> keys(static_cast<std::size_t>(std::atoi(arguments[2])));
  for (std::string& key : keys) key = std::to_string(random() % rows);
  std::uint64_t sum = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& key : keys) sum += table.find(key)->second;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  std::fprintf(stderr, "sum %llu\n", static_cast<unsigned long long>(sum));
  std::printf("%.1f\n", took.count() / static_cast<double>(keys.size()));
}
