// The peer that `scripts/bench` measures sync-asmx against: SaveAccountPhone with gSOAP (C++), as fast as gSOAP is used. A thread
// a connection, keep-alive, TCP_NODELAY; numbers are kept in memory only, and nothing else is checked. What isn't overridden here
// answers with a fault (WITH_DEFAULT_VIRTUAL).
//
//   gsoap_server            prints "listening on http://127.0.0.1:PORT", and serves until it is killed

#include <cstdio>
#include <mutex>
#include <netinet/tcp.h>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "SyncSoap.nsmap"
#include "soapSyncSoapService.h"

struct Ledger {
  std::mutex lock;
  std::unordered_map<std::string, int> holders;
  std::unordered_map<std::string, std::string> numbers;

  bool save(int member, const std::string &type, const std::string &number) {
    std::lock_guard<std::mutex> held(lock);
    auto [holder, is_new] = holders.try_emplace(number, member);
    if (!is_new && holder->second != member) return false;
    std::string &saved = numbers[std::to_string(member) + "/" + type];
    if (!saved.empty() && saved != number) holders.erase(saved);
    saved = number;
    return true;
  }
} ledger;

struct Service : SyncSoapService {
  using SyncSoapService::SyncSoapService;

  int SaveAccountPhone(_ns1__SaveAccountPhone *call, _ns1__SaveAccountPhoneResponse &response) override {
    auto *request = call->preqSaveAccountPhone;
    auto *result = response.SaveAccountPhoneResult = soap_new_ns1__respSaveAccountPhone(soap);
    auto is_there = [](std::string *text) { return text && !text->empty(); };
    result->SavedPhoneNumber = soap_new_std__string(soap);
    if (!request || !is_there(request->SecurityToken) || !is_there(request->PhoneNumberTypeExternalReference) ||
        !is_there(request->PhoneNumber)) {
      result->ReturnCode = 2;
    } else if (!ledger.save(request->MemberId, *request->PhoneNumberTypeExternalReference, *request->PhoneNumber)) {
      result->ReturnCode = 315;
    } else {
      *result->SavedPhoneNumber = *request->PhoneNumber;
    }
    return SOAP_OK;
  }
};

int main() {
  Service service(SOAP_IO_KEEPALIVE);
  service.soap->max_keep_alive = 0;  // unlimited
  service.soap->tcp_keep_alive = 1;
  service.soap->bind_flags = SO_REUSEADDR;
  // gSOAP sets TCP_NODELAY on every connection that it accepts, unless it is told otherwise.
  if (!soap_valid_socket(service.bind("127.0.0.1", 0, 128))) return service.soap_stream_fault(std::cerr), 1;
  sockaddr_in address;
  socklen_t length = sizeof address;
  getsockname(service.soap->master, reinterpret_cast<sockaddr *>(&address), &length);
  std::printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  while (soap_valid_socket(service.accept())) {
    std::thread([context = soap_copy(service.soap)] {
      Service connection(context);
      connection.serve();
      connection.destroy();
      soap_free(context);
    }).detach();
  }
}
